#include "training_state.h"

#include <zlib.h>

#include <bit>
#include <cstring>

#include "base/text.h"

namespace reckon {
namespace {

constexpr std::string_view magic = "RECKON TRAINING 2\n";
constexpr std::size_t word_bytes = 8, sum_bytes = 8;

std::uint64_t sum_of(std::string_view bytes) {
  return crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
}

std::size_t bytes_of(const at::Tensor& tensor) {
  return tensor.nbytes();
}

class Writer {
 public:
  std::string out{magic};
  void whole(std::uint64_t n) {
    for (std::size_t b = 0; b < word_bytes; ++b) out.push_back(static_cast<char>(n >> 8 * b));
  }
  void real(double x) { whole(std::bit_cast<std::uint64_t>(x)); }
  void bytes(std::string_view text) {
    whole(text.size());
    out.append(text);
  }
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  bool fine() const { return fine_; }
  bool at_end() const { return rest_.empty(); }

  std::uint64_t whole() {
    std::uint64_t n = 0;
    const std::string_view word = take(word_bytes);
    for (std::size_t b = word.size(); b-- > 0;) n = n << 8 | static_cast<unsigned char>(word[b]);
    return n;
  }
  double real() { return std::bit_cast<double>(whole()); }
  std::string_view bytes() {
    const std::uint64_t n = whole();
    if (n > rest_.size()) fine_ = false;
    return fine_ ? take(static_cast<std::size_t>(n)) : std::string_view();
  }
  // A count of things of at least `least_bytes` each.
  std::size_t count(std::size_t least_bytes) {
    const std::uint64_t n = whole();
    if (n > rest_.size() / least_bytes) fine_ = false;
    return fine_ ? static_cast<std::size_t>(n) : 0;
  }

 private:
  std::string_view take(std::size_t n) {
    if (n > rest_.size()) fine_ = false;
    if (!fine_) return {};
    const std::string_view taken = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return taken;
  }
  std::string_view rest_;
  bool fine_ = true;
};

// Written and read in one order: a figure that is added here is in both.
template <class Real, class Whole>
void figures(TrainingEpoch& e, Real real, Whole whole) {
  std::int64_t epoch = e.epoch;
  whole(epoch);
  e.epoch = static_cast<int>(epoch);
  for (double* const x : {&e.rate, &e.loss, &e.train_loss, &e.train_accuracy, &e.test_loss,
                          &e.test_accuracy, &e.seconds})
    real(*x);
}
template <class Real, class Whole>
void figures(ActivationUnits& u, Real real, Whole whole) {
  std::int64_t node = u.node, rectifies = u.rectifies ? 1 : 0;
  whole(node);
  whole(rectifies);
  u.node = static_cast<NodeId>(node);
  u.rectifies = rectifies != 0;
  real(u.dead);
  real(u.flat);
}
template <class Real, class Whole>
void figures(TrainingState& s, Real real, Whole whole) {
  whole(s.step);
  whole(s.epochs_since_least);
  whole(s.peak_bytes);
  for (double* const x : {&s.loss_sum, &s.least_loss, &s.seconds, &s.processor_s, &s.test_seconds})
    real(*x);
}
constexpr std::size_t least_epoch_bytes = 9 * word_bytes, units_bytes = 4 * word_bytes;

// The first key whose value is another: "seed was 1 and is 2".
std::string difference(std::string_view was, std::string_view is) {
  while (!was.empty() && !is.empty()) {
    const std::string_view a = was.substr(0, was.find('\n')), b = is.substr(0, is.find('\n'));
    if (a != b) {
      const std::size_t cut = std::min(a.find('='), a.size());
      return std::string(b.substr(0, std::min(b.find('='), b.size()))) + " was " +
             printable(a.substr(std::min(cut + 1, a.size()))) + " and is " +
             printable(b.substr(std::min(b.find('=') + 1, b.size())));
    }
    was.remove_prefix(std::min(a.size() + 1, was.size()));
    is.remove_prefix(std::min(b.size() + 1, is.size()));
  }
  return "it is of another version";
}

}  // namespace

std::string checkpoint_of(std::string_view identity, const TrainingState& state,
                          const std::vector<at::Tensor>& tensors) {
  Writer to;
  const auto real = [&](double& x) { to.real(x); };
  const auto whole = [&](std::int64_t& n) { to.whole(static_cast<std::uint64_t>(n)); };
  to.bytes(identity);
  TrainingState copy = state;
  figures(copy, real, whole);
  to.whole(copy.epochs.size());
  for (TrainingEpoch& epoch : copy.epochs) {
    figures(epoch, real, whole);
    to.whole(epoch.units.size());
    for (ActivationUnits& units : epoch.units) figures(units, real, whole);
  }
  to.whole(tensors.size());
  for (const at::Tensor& tensor : tensors) {
    const at::Tensor flat = tensor.contiguous();
    to.bytes({static_cast<const char*>(flat.data_ptr()), bytes_of(flat)});
  }
  to.whole(sum_of(to.out));
  return std::move(to.out);
}

Result<TrainingState> read_checkpoint(std::string_view bytes, std::string_view identity,
                                      std::vector<at::Tensor>& tensors) {
  if (!bytes.starts_with(magic))
    return fail(ErrorCode::not_a_model, "the file is no checkpoint of `reckon train`");
  const auto corrupt = [] {
    return fail(ErrorCode::corrupt, "the checkpoint is damaged or ends too early");
  };
  if (bytes.size() < magic.size() + sum_bytes) return corrupt();
  const std::string_view body = bytes.substr(0, bytes.size() - sum_bytes);
  Reader sum(bytes.substr(body.size()));
  if (sum.whole() != sum_of(body)) return corrupt();
  Reader from(body.substr(magic.size()));
  const std::string_view its = from.bytes();
  if (from.fine() && its != identity)
    return fail(ErrorCode::bad_argument,
                "the checkpoint is of another run: " + difference(its, identity));
  TrainingState state;
  const auto real = [&](double& x) { x = from.real(); };
  const auto whole = [&](std::int64_t& n) { n = static_cast<std::int64_t>(from.whole()); };
  figures(state, real, whole);
  state.epochs.resize(from.count(least_epoch_bytes));
  for (TrainingEpoch& epoch : state.epochs) {
    figures(epoch, real, whole);
    epoch.units.resize(from.count(units_bytes));
    for (ActivationUnits& units : epoch.units) figures(units, real, whole);
  }
  if (from.whole() != tensors.size() || !from.fine()) return corrupt();
  const at::NoGradGuard no_grad;
  for (at::Tensor& tensor : tensors) {
    const std::string_view elements = from.bytes();
    if (!from.fine() || elements.size() != bytes_of(tensor)) return corrupt();
    at::Tensor flat = at::empty_like(tensor, at::MemoryFormat::Contiguous);
    std::memcpy(flat.data_ptr(), elements.data(), elements.size());
    tensor.copy_(flat);
  }
  if (!from.at_end() || state.step < 0 || state.epochs.empty()) return corrupt();
  return state;
}

}  // namespace reckon

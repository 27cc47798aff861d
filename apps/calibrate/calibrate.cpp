#include "calibrate.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "base/number.h"
#include "base/version.h"
#include "blas.h"
#include "buffer.h"
#include "kernels.h"
#include "machine/chase.h"
#include "machine_facts.h"
#include "team.h"

namespace reckon::calibrate {
namespace {

constexpr std::int64_t kib = 1024, mib = 1024 * kib;

struct Level {
  std::string_view name;
  std::int64_t bytes = 0;  // that the level holds: of a core, and of the chip for the last
  Rate Device::* bandwidth = nullptr;
  Rate Device::* latency = nullptr;
};

class Calibration {
 public:
  explicit Calibration(const CalibrateOptions& options)
      : options_(options),
        facts_(machine_facts()),
        team_(options.n_threads > 0 ? options.n_threads : facts_.n_threads) {}

  Result<Device> run() {
    describe();
    n_steps_ = static_cast<int>(product_kernels().size()) + 2 + 2 * 4 + 2 + 4;
    RECKON_TRY(products());
    for (const Level& level : levels()) RECKON_TRY(walk(level));
    RECKON_TRY(memory());
    RECKON_TRY(share_of_last_cache());
    RECKON_TRY(fresh_pages());
    one_by_one();
    start();
    RECKON_TRY(product_of_blas());  // last: it may have threads of its own
    return device_;
  }

 private:
  void describe() {
    device_.name = options_.name;
    device_.title = facts_.processor.empty() ? "a processor" : facts_.processor;
    device_.title += ", " + counted(team_.size(), "thread");
    device_.kind = "cpu";
    device_.standing = Standing::measured;
    device_.source = "reckon devices calibrate " + std::string(version) +
                     (options_.date.empty() ? "" : ", " + options_.date) + ", compiled by " +
                     compiler_name();
    const auto told = [](std::int64_t n, std::string by) {
      return Datum<std::int64_t>{n, Standing::reference, std::move(by)};
    };
    device_.mem_bytes = told(std::max(facts_.memory_bytes, 64 * mib), "the operating system");
    device_.units = told(team_.size(), "threads that the process may use");
    const std::string by = "/sys/devices/system/cpu/cpu0/cache";
    if (facts_.l1_bytes > 0) device_.l1_bytes = told(facts_.l1_bytes, by);
    if (facts_.l2_bytes > 0) device_.l2_bytes = told(facts_.l2_bytes, by);
    if (facts_.has_llc)
      device_.llc_bytes = told(facts_.llc_bytes, by + ": of the chip, which others may use, too");
  }

  void next(std::string_view what) {
    if (options_.progress) options_.progress(n_done_++, n_steps_, what);
  }

  Statistics repeat(const Team::Task& work, int n_threads, const Team::Task& prelude = {}) {
    (void)team_.run(work, n_threads, prelude);  // warms up
    return repeated([&] { return team_.run(work, n_threads, prelude); }, options_.n_runs,
                    options_.patience_s);
  }

  // `amount` was done in the times of `s`.
  Datum<double> rate_of(double amount, const Statistics& s, std::string what) const {
    return {amount / s.median, Standing::measured, std::move(what) + said(s)};
  }
  static std::string said(const Statistics& s) {
    std::string text = "; median of " + counted(s.n_runs, "run") + ", the middle half within " +
                       fixed(100 * (s.upper_quartile - s.lower_quartile) / s.median, 1) + " %";
    if (!s.whole) text += "; others used the machine, so of processor time";
    return text;
  }

  Status products() {
    for (const ProductKernel& kernel : product_kernels()) {
      next("matrix product, " + std::string(kernel.format));
      std::vector<Buffer> scratch;
      for (int i = 0; i < team_.size(); ++i) {
        scratch.push_back(allocate(kernel.scratch_bytes));
        if (scratch.back() == nullptr) return no_memory();
        kernel.fill(scratch.back().get());
      }
      const auto work = [&](int i) { kernel.run(scratch[static_cast<std::size_t>(i)].get()); };
      work(0);
      for (std::size_t row = 0; row < product_rows; row += 11)
        for (std::size_t column = 0; column < product_columns; column += 7)
          if (kernel.result(scratch[0].get(), row, column) !=
              expected_product(row, column, kernel.depth))
            return fail(ErrorCode::internal,
                        "the product in " + std::string(kernel.format) + " came out wrong",
                        std::string(kernel.instructions));
      const Statistics all = repeat(work, team_.size());
      const std::string what = "product of 672 x " + std::to_string(kernel.depth) + " x 1,024, " +
                               std::string(kernel.instructions) + ", ";
      const Datum<double> rate = rate_of(kernel.ops() * team_.size(), all,
                                         what + counted(team_.size(), "thread") + ", each its own");
      if (kernel.format == "fp64") device_.fp64_flops_per_s = rate;
      if (kernel.format == "bf16") device_.bf16_flops_per_s = rate;
      if (kernel.format == "int8") device_.int8_ops_per_s = rate;
      if (kernel.format != "fp32") continue;
      device_.fp32_flops_per_s = rate;
      next("matrix product, fp32, one thread");
      device_.core_fp32_flops_per_s = rate_of(kernel.ops(), repeat(work, 1), what + "one thread");
    }
    return {};
  }

  // The product that linear layers of the system's LibTorch are computed by; no figure without one.
  Status product_of_blas() {
    next("matrix product of the BLAS");
    const auto blas = Blas::load();
    if (!blas) return {};
    constexpr int n = 768;
    constexpr std::size_t elements = std::size_t{n} * n;
    std::vector<Buffer> scratch;
    for (int i = 0; i < team_.size(); ++i) {
      scratch.push_back(allocate(3 * elements * sizeof(float)));
      if (scratch.back() == nullptr) return no_memory();
      std::fill_n(reinterpret_cast<float*>(scratch.back().get()), 3 * elements, 1.0F);
    }
    const auto work = [&](int i) {
      auto* const a = reinterpret_cast<float*>(scratch[static_cast<std::size_t>(i)].get());
      blas->multiply(n, a, a + elements, a + 2 * elements);
    };
    work(0);
    if (reinterpret_cast<const float*>(scratch[0].get())[3 * elements - 1] != n)
      return fail(ErrorCode::internal, "the product came out wrong", blas->name());
    device_.best_matmul_flops_per_s =
        rate_of(2.0 * n * n * n * team_.size(), repeat(work, team_.size()),
                "product of 768 x 768 x 768, fp32, " + blas->name() + ", " +
                    counted(team_.size(), "thread") + ", each its own");
    return {};
  }

  std::vector<Level> levels() const {
    std::vector<Level> out;
    if (facts_.l1_bytes > 0)
      out.push_back(
          {"first cache", facts_.l1_bytes / 2, &Device::l1_bytes_per_s, &Device::l1_latency_s});
    if (facts_.l2_bytes > 0)
      out.push_back(
          {"second cache", facts_.l2_bytes / 2, &Device::l2_bytes_per_s, &Device::l2_latency_s});
    // Well beyond the second cache and within the share of each thread.
    const std::int64_t share = facts_.llc_bytes / (2 * team_.size());
    if (facts_.has_llc && share > 2 * facts_.l2_bytes)
      out.push_back({"last-level cache", std::min(share, 4 * facts_.l2_bytes),
                     &Device::llc_bytes_per_s, &Device::llc_latency_s});
    return out;
  }

  // Beyond what the last cache can keep.
  std::int64_t beyond_caches_bytes() const {
    const std::int64_t least = 64 * mib, most = 1024 * mib;
    return std::clamp(4 * std::max(facts_.llc_bytes, facts_.l2_bytes * team_.size()), least, most);
  }

  static std::int64_t turns_of(std::int64_t bytes, std::int64_t at_least_bytes) {
    return std::max<std::int64_t>(1, at_least_bytes / bytes);
  }

  // Every thread reads its own `bytes`, over and over, at least as many as told.
  Result<Statistics> reading(std::int64_t bytes, std::int64_t at_least_bytes) {
    const MemoryKernel kernel = memory_kernel();
    std::vector<Buffer> buffers(static_cast<std::size_t>(team_.size()));
    std::vector<float> sums(buffers.size());
    for (Buffer& buffer : buffers) {
      buffer = allocate(static_cast<std::size_t>(bytes));
      if (buffer == nullptr) return no_memory();
      kernel.write(buffer.get(), static_cast<std::size_t>(bytes));
    }
    const std::int64_t turns = turns_of(bytes, at_least_bytes);
    const auto read = [&](int i, std::int64_t times) {
      const auto at = static_cast<std::size_t>(i);
      for (std::int64_t turn = 0; turn < times; ++turn)
        sums[at] += kernel.read(buffers[at].get(), static_cast<std::size_t>(bytes));
    };
    return repeat([&](int i) { read(i, turns); }, team_.size(), [&](int i) { read(i, 1); });
  }

  Status walk(const Level& level) {
    next("bandwidth of the " + std::string(level.name));
    const MemoryKernel kernel = memory_kernel();
    const std::int64_t bytes = std::max<std::int64_t>(level.bytes / kib, 1) * kib;
    constexpr std::int64_t read_bytes = 32 * mib;
    const std::int64_t turns = turns_of(bytes, read_bytes);
    RECKON_ASSIGN(const Statistics s, reading(bytes, read_bytes));
    device_.*level.bandwidth =
        rate_of(static_cast<double>(bytes * turns) * team_.size(), s,
                "reading " + bytes_binary(bytes) + " by each of " +
                    counted(team_.size(), "thread") + ", " + std::string(kernel.instructions));
    next("latency of the " + std::string(level.name));
    RECKON_ASSIGN(device_.*level.latency, latency_within(bytes, true));
    return {};
  }

  // `in_cache`: the whole walk is done before it is timed, each time.
  Result<Datum<double>> latency_within(std::int64_t bytes, bool in_cache) {
    RECKON_ASSIGN(Chase chase, Chase::make(bytes / chase_line_bytes));
    const std::int64_t lap = bytes / chase_line_bytes;
    volatile std::int64_t at = 0;  // so that it is walked
    const std::int64_t steps = in_cache ? std::clamp<std::int64_t>(lap, 10'000, 50'000) : 10'000;
    const Team::Task prelude = [&](int) { at = chase.walk(lap); };
    const Statistics s =
        repeat([&](int) { at = chase.walk(steps); }, 1, in_cache ? prelude : Team::Task());
    return Datum<double>{s.median / static_cast<double>(steps), Standing::measured,
                         "a walk in random order over " + bytes_binary(bytes) +
                             ", one line after the other" + said(s)};
  }

  Status memory() {
    const MemoryKernel kernel = memory_kernel();
    const std::int64_t chunk = 4 * mib;
    const std::int64_t bytes = beyond_caches_bytes() / team_.size() / chunk * chunk;
    std::vector<Buffer> buffers(static_cast<std::size_t>(team_.size()));
    for (Buffer& buffer : buffers) {
      buffer = allocate(static_cast<std::size_t>(bytes));
      if (buffer == nullptr) return no_memory();
    }
    (void)team_.run(
        [&](int i) {
          kernel.write(buffers[static_cast<std::size_t>(i)].get(), static_cast<std::size_t>(bytes));
        },
        team_.size());
    // A piece at a time, and the next one in the next run: when a piece comes again, it has left
    // every cache.
    std::vector<std::int64_t> at(buffers.size());
    std::vector<float> sums(buffers.size());
    const auto piece = [&](int i) {
      const auto thread = static_cast<std::size_t>(i);
      at[thread] = (at[thread] + chunk) % bytes;
      return buffers[thread].get() + at[thread];
    };
    const auto read = [&](int i) {
      sums[static_cast<std::size_t>(i)] += kernel.read(piece(i), static_cast<std::size_t>(chunk));
    };
    const auto write = [&](int i) { kernel.write(piece(i), static_cast<std::size_t>(chunk)); };
    const std::string of = " of " + bytes_binary(bytes) + ", " + std::string(kernel.instructions);
    const auto amount = static_cast<double>(chunk);
    const std::string by = ", " + counted(team_.size(), "thread");
    next("bandwidth of memory");
    device_.mem_bytes_per_s = rate_of(amount * team_.size(), repeat(read, team_.size()),
                                      "reading, 4 MiB at a time" + of + by);
    next("bandwidth of writing");
    device_.mem_write_bytes_per_s =
        rate_of(amount * team_.size(), repeat(write, team_.size()),
                "bytes written, 4 MiB at a time" + of + by + "; the lines are read first");
    next("bandwidth of one thread");
    device_.core_mem_bytes_per_s =
        rate_of(amount, repeat(read, 1), "reading, 4 MiB at a time" + of + ", one thread");
    buffers.clear();
    next("latency of memory");
    RECKON_ASSIGN(device_.mem_latency_s, latency_within(beyond_caches_bytes(), false));
    return {};
  }

  // Others may use the last cache of the chip, too, more so on a rented machine: as much of it
  // counts as is read faster than halfway (in the logarithm) between the cache and memory.
  Status share_of_last_cache() {
    next("share of the last-level cache");
    if (!device_.llc_bytes_per_s || !device_.mem_bytes_per_s) return {};
    const double halfway =
        std::sqrt(device_.llc_bytes_per_s->value * device_.mem_bytes_per_s->value);
    std::int64_t seen = 0;
    for (std::int64_t each = facts_.l2_bytes; each * team_.size() <= facts_.llc_bytes; each *= 2) {
      RECKON_ASSIGN(const Statistics s, reading(each, 8 * mib));
      const auto all = static_cast<double>(each * turns_of(each, 8 * mib) * team_.size());
      if (all / s.median < halfway) break;
      seen = each * team_.size();
    }
    if (seen == 0) return {};
    device_.llc_bytes =
        Datum<std::int64_t>{seen, Standing::measured,
                            "of the chip's " + bytes_binary(facts_.llc_bytes) +
                                ", what was read faster than halfway to the bandwidth of memory"};
    return {};
  }

  // Memory that the system has just given out is cleared, page by page, when it is first written.
  Status fresh_pages() {
    next("bandwidth of new pages");
    constexpr std::int64_t bytes = 16 * mib;
    bool given = true;
    const Statistics s = repeated(
        [&] {
          NewPages pages(static_cast<std::size_t>(bytes) * static_cast<std::size_t>(team_.size()));
          given = given && pages.begin() != nullptr;
          const auto touch = [&](int i) {
            if (pages.begin() == nullptr) return;
            std::byte* const own = pages.begin() + static_cast<std::int64_t>(i) * bytes;
            for (std::int64_t at = 0; at < bytes; at += page_bytes) own[at] = std::byte{1};
          };
          return team_.run(touch, team_.size());
        },
        options_.n_runs, options_.patience_s);
    if (!given) return no_memory();
    device_.mem_page_fault_bytes_per_s =
        rate_of(static_cast<double>(bytes) * team_.size(), s,
                "the first byte of each page, " + bytes_binary(bytes) + " by each of " +
                    counted(team_.size(), "thread"));
    return {};
  }

  // Each operation takes the result of the one before: products and sums in turn.
  void one_by_one() {
    next("operations in a row");
    constexpr int steps = 2'000'000;
    std::vector<float> ends(static_cast<std::size_t>(team_.size()));
    const Statistics s = repeat(
        [&](int i) {
          float x = 1;
          for (int step = 0; step < steps; ++step) x = x * 0.5F + 1.0F;
          ends[static_cast<std::size_t>(i)] += x;
        },
        team_.size());
    device_.scalar_ops_per_s =
        rate_of(2.0 * steps * team_.size(), s,
                "x = x / 2 + 1 over and over, one on each of " + counted(team_.size(), "thread"));
  }

  // The start of an operator, before it computes: its result is allocated, the threads are called
  // and waited for.
  void start() {
    next("start of an operator");
    constexpr int warm_up = 100;
    for (int i = 0; i < warm_up; ++i) (void)team_.fork_and_join();
    const Statistics s = repeated(
        [&] {
          constexpr int times = 20;
          std::vector<double> seconds;
          for (int i = 0; i < times; ++i) seconds.push_back(team_.fork_and_join());
          std::sort(seconds.begin(), seconds.end());
          return Sample{seconds[times / 2], seconds[times / 2], true};
        },
        options_.n_runs, options_.patience_s);
    device_.kernel_floor_s = Datum<double>{std::max(s.median, 1e-9), Standing::measured,
                                           "waking " + counted(team_.size(), "thread") +
                                               " that wait for work and having all back" + said(s)};
  }

  static std::unexpected<Error> no_memory() {
    return fail(ErrorCode::limit, "the memory to measure with is not to be had");
  }

  const CalibrateOptions& options_;
  MachineFacts facts_;
  Team team_;
  Device device_;
  int n_done_ = 0, n_steps_ = 0;
};

}  // namespace

Result<Device> calibrate(const CalibrateOptions& options) {
  return Calibration(options).run();
}

}  // namespace reckon::calibrate

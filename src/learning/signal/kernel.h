// Second moments of a value over random weights and inputs, by how far apart two of its elements
// are: the covariance kernel of signal propagation (S. Schoenholz et al., "Deep information
// propagation", ICLR 2017; of convolutions L. Xiao et al., ICML 2018; of gradients and batch
// statistics G. Yang et al., "A mean field theory of batch normalization", ICLR 2019).
//
// The elements of a value are samples × positions × channels; those of one channel are told apart.
// Positions come in groups, inside of which they look alike: one for an image, two for a class
// token and its patches, one each for the steps of a recurrence.
#pragma once

#include <cstddef>
#include <vector>

namespace reckon::signal {

struct Kernel {
  std::vector<double> own;   // E[x²], by group
  std::vector<double> near;  // E[x·x′] of two positions of a sample, by two groups
  std::vector<double> far;   // of two samples

  Kernel() = default;
  explicit Kernel(std::size_t n_groups, double own_value = 0, double near_value = 0,
                  double far_value = 0)
      : own(n_groups, own_value),
        near(n_groups * n_groups, near_value),
        far(n_groups * n_groups, far_value) {}
  std::size_t n_groups() const { return own.size(); }

  Kernel& operator+=(const Kernel& other);
  Kernel& operator*=(double factor);
  // Adds the product of two kernels of independent values, element by element.
  void add_product(const Kernel& a, const Kernel& b, double factor = 1);
  void add_constant(double x);  // the same in every element
};

// How many samples there are, and positions in each group.
struct Grid {
  double n_samples = 1;
  std::vector<double> positions = {1};

  double n_positions() const;
  double n() const { return n_samples * n_positions(); }
};

// Σ a·b over all pairs of elements of a channel, each with itself included: what E[(Σ δ·x)²] is.
double overlap(const Grid& grid, const Kernel& a, const Kernel& b);
// Σ a over all pairs: E[(Σ x)²].
double sum_of_pairs(const Grid& grid, const Kernel& a);
// The same but between two elements, so that the sum over all pairs is this.
Kernel with_sum_of_pairs(const Grid& grid, Kernel one_group, double sum);
// E[x²], the mean over all positions.
double mean_own(const Grid& grid, const Kernel& a);
// The mean over pairs of positions of one sample; of two samples.
double mean_near(const Grid& grid, const Kernel& a);
double mean_far(const Grid& grid, const Kernel& a);
// One group in place of all, and back.
Kernel merged(const Grid& grid, const Kernel& a);
Kernel spread(const Kernel& one_group, std::size_t n_groups);

// The eigenvalues of the kernel of one group as a matrix over samples × positions: of what varies
// inside a sample, of what varies between samples, and of the mean of all.
struct Modes {
  double inside = 0, between = 0, whole = 0;
};
Modes modes(const Grid& grid, const Kernel& one_group);
Kernel kernel_of(const Grid& grid, const Modes& of);

}  // namespace reckon::signal

// The shapes of a layer's products and of their gradients, which libraries cut into tiles
// (machine/tiles.h).
#pragma once

#include "machine/roofline.h"

namespace reckon {

struct Layer;

// Rows, columns and number of independent products of the layer's result.
void set_tiles(const Layer& layer, Work& work);

// Rows, columns and splits of a gradient's product. With M rows, N columns and sums of K products
// in the forward pass:
//   weights   K × N, each a sum over all M rows, which libraries cut into parts ("split-K")
//   input     M × K, and K × N where both operands are activations; of a convolution the input's
//   positions × its channels
void set_gradient_tiles(const Layer& layer, const Work& forward, bool of_weights, Work& work);

}  // namespace reckon

// Every layer of the language: what it becomes, the shape it gives, the weights it has. Shapes
// and counts are those of the PyTorch module of the same name, worked out by hand.
#include "formats/net/layer_table.h"
#include "formats/net/net_test.h"

namespace reckon {
namespace {

struct Case {
  std::string_view input, layer, node, op_and_shape;
  std::int64_t n_weights;
};

constexpr Case cases[] = {
    // convolutions: (in/groups·kernel + bias)·out
    {"3x224x224", "conv 96 11x11 stride=4 pad=2", "Conv-1", "Conv Nx96x55x55", 34944},
    {"3x224x224", "conv 96 11 stride=4 pad=1", "Conv-1", "Conv Nx96x54x54", 34944},
    {"8x10x10", "conv 16 3x3 groups=4 bias=false", "Conv-1", "Conv Nx16x8x8", 288},
    {"8x10x12", "conv 4 3x5 dilation=2x1 stride=1x2 pad=2x0", "Conv-1", "Conv Nx4x10x4", 484},
    {"4x10x10", "conv 4 3x3 pad=same", "Conv-1", "Conv Nx4x10x10", 148},
    {"4x10", "conv1d 8 3 stride=2", "Conv-1", "Conv Nx8x4", 104},
    {"4x10x10", "conv2d 8 3", "Conv-1", "Conv Nx8x8x8", 296},
    {"2x6x6x6", "conv3d 4 3", "Conv-1", "Conv Nx4x4x4x4", 220},
    {"32x16x16", "depthwise 3x3 stride=2 pad=1", "Conv-1", "Conv Nx32x8x8", 320},
    {"8x16x16", "depthwise 3 multiplier=2 bias=false", "Conv-1", "Conv Nx16x14x14", 144},
    {"16x16x16", "deconv 8 3x3 stride=2", "ConvTranspose-1", "ConvTranspose Nx8x33x33", 1160},
    {"16x16x16", "conv_transpose 8 3x3 stride=2 pad=1 output_pad=1 bias=false", "ConvTranspose-1",
     "ConvTranspose Nx8x32x32", 1152},
    // fully connected and tables
    {"784", "linear 128", "Linear-1", "Gemm Nx128", 100480},
    {"784", "dense 128 bias=false", "Linear-1", "Gemm Nx128", 100352},
    {"10x64", "linear 32", "Linear-1", "Gemm Nx10x32", 2080},
    {"128 int64", "embedding 1000 64", "Embedding-1", "Gather Nx128x64", 64000},
    {"10x64", "position_embedding 20", "PositionEmbedding-1", "Add Nx10x64", 1280},
    {"10x64", "position_embedding", "PositionEmbedding-1", "Add Nx10x64", 640},
    {"64", "dropout 0.5", "Dropout-1", "Dropout Nx64", 0},
    {"64", "dropout 0.1", "Dropout-1", "Dropout Nx64", 0},
    // pools
    {"8x13x13", "maxpool 3x3 stride=2", "MaxPool-1", "MaxPool Nx8x6x6", 0},
    {"8x14x14", "maxpool 2", "MaxPool-1", "MaxPool Nx8x7x7", 0},
    {"8x13x13", "maxpool 2 ceil=true", "MaxPool-1", "MaxPool Nx8x7x7", 0},
    {"8x14x14", "avgpool 3 stride=2 pad=1", "AvgPool-1", "AveragePool Nx8x7x7", 0},
    {"8x12x12", "adaptive_avgpool 6x6", "AdaptiveAvgPool-1", "AveragePool Nx8x6x6", 0},
    {"8x13x13", "adaptive_avgpool 6", "AdaptiveAvgPool-1", "AveragePool Nx8x6x6", 0},
    {"8x14x14", "global_avgpool", "GlobalAvgPool-1", "GlobalAveragePool Nx8x1x1", 0},
    {"8x14", "global_maxpool", "GlobalMaxPool-1", "GlobalMaxPool Nx8x1", 0},
    // norms
    {"8x4x4", "batchnorm", "BatchNorm-1", "BatchNormalization Nx8x4x4", 16},
    {"8x4x4", "instancenorm", "InstanceNorm-1", "InstanceNormalization Nx8x4x4", 16},
    {"8x4x4", "groupnorm 4", "GroupNorm-1", "GroupNormalization Nx8x4x4", 16},
    {"10x64", "layernorm epsilon=1e-6", "LayerNorm-1", "LayerNormalization Nx10x64", 128},
    {"10x64", "layernorm bias=false", "LayerNorm-1", "LayerNormalization Nx10x64", 64},
    {"10x64", "rmsnorm", "RMSNorm-1", "RMSNormalization Nx10x64", 64},
    {"8x4x4", "lrn 5", "LRN-1", "LRN Nx8x4x4", 0},
    // activations
    {"8", "relu", "Relu-1", "Relu Nx8", 0},
    {"8", "relu6", "Relu6-1", "Clip Nx8", 0},
    {"8", "leaky_relu 0.01", "LeakyRelu-1", "LeakyRelu Nx8", 0},
    {"8", "leaky_relu -0.5", "LeakyRelu-1", "LeakyRelu Nx8", 0},
    {"8", "elu", "Elu-1", "Elu Nx8", 0},
    {"8", "celu 2", "Celu-1", "Celu Nx8", 0},
    {"8", "selu", "Selu-1", "Selu Nx8", 0},
    {"8", "gelu", "Gelu-1", "Gelu Nx8", 0},
    {"8", "gelu approximate=tanh", "Gelu-1", "Gelu Nx8", 0},
    {"8", "silu", "Swish-1", "Swish Nx8", 0},
    {"8", "swish", "Swish-1", "Swish Nx8", 0},
    {"8", "hardswish", "HardSwish-1", "HardSwish Nx8", 0},
    {"8", "sigmoid", "Sigmoid-1", "Sigmoid Nx8", 0},
    {"8", "hardsigmoid", "HardSigmoid-1", "HardSigmoid Nx8", 0},
    {"8", "tanh", "Tanh-1", "Tanh Nx8", 0},
    {"8", "softplus", "Softplus-1", "Softplus Nx8", 0},
    {"8", "softsign", "Softsign-1", "Softsign Nx8", 0},
    {"8", "mish", "Mish-1", "Mish Nx8", 0},
    {"8x4x4", "softmax axis=1", "Softmax-1", "Softmax Nx8x4x4", 0},
    {"8", "log_softmax", "LogSoftmax-1", "LogSoftmax Nx8", 0},
    {"8x4x4", "prelu", "PRelu-1", "PRelu Nx8x4x4", 1},
    {"8x4x4", "prelu channels=true", "PRelu-1", "PRelu Nx8x4x4", 8},
    // recurrent: gates·width·(in + width) + 2·gates·width, by direction and layer
    {"10x32", "rnn 64", "RNN-1/Reshape", "Reshape Nx10x64", 6272},
    {"10x32", "lstm 64", "LSTM-1/Reshape", "Reshape Nx10x64", 25088},
    {"10x32", "lstm 64 bias=false return=last", "LSTM-1/Reshape", "Reshape Nx64", 24576},
    {"10x32", "gru 64 bidirectional=true", "GRU-1/Reshape", "Reshape Nx10x128", 37632},
    {"10x32", "lstm 64 layers=2 bidirectional=true return=last", "LSTM-1/Reshape", "Reshape Nx128",
     149504},
    // attention: 4·width·width + 4·width, fewer with shared keys and values
    {"10x64", "attention heads=4", "Attention-1/o", "Gemm Nx10x64", 16640},
    {"10x64", "attention heads=4 bias=false causal=true", "Attention-1", "Attention Nx10x64",
     16384},
    {"10x64", "attention heads=4 fused=false", "Attention-1", "MatMul Nx4x10x16", 16640},
    {"10x64", "attention heads=4 dropout=0.1", "Attention-1/Dropout", "Dropout Nx4x10x10", 16640},
    {"10x64", "attention heads=4 fused=false causal=true", "Attention-1/Add", "Add Nx4x10x10",
     16640},
    {"10x64", "attention heads=8 kv_heads=2 bias=false", "Attention-1/k", "Gemm Nx10x16", 10240},
    {"10x64", "attention heads=8 kv_heads=2 bias=false fused=false", "Attention-1/scores",
     "MatMul Nx2x4x10x10", 10240},
    {"10x64", "attention heads=4 dim=32 bias=false", "Attention-1", "Attention Nx10x32", 8192},
    {"10x64", "attention heads=4 rotary=true bias=false", "Attention-1/q/rotary",
     "RotaryEmbedding Nx10x64", 16384},
    // shapes
    {"8x4x4", "flatten", "Flatten-1", "Flatten Nx128", 0},
    {"8x4x4", "identity", "Identity-1", "Identity Nx8x4x4", 0},
    {"8x4x4", "reshape 8 x -1", "Reshape-1", "Reshape Nx8x16", 0},
    {"8x4x4", "reshape 128", "Reshape-1", "Reshape Nx128", 0},
    {"8x16", "transpose", "Transpose-1", "Transpose Nx16x8", 0},
    {"8x4x2", "transpose 0 3 1 2", "Transpose-1", "Transpose Nx2x8x4", 0},
    {"8x4x4", "pad 1x2", "Pad-1", "Pad Nx8x6x8", 0},
    {"8x4x4", "upsample", "Upsample-1", "Resize Nx8x8x8", 0},
    {"8x4x4", "upsample 3x2 mode=linear", "Upsample-1", "Resize Nx8x12x8", 0},
    {"8x4x4", "pixel_shuffle 2", "PixelShuffle-1", "DepthToSpace Nx2x8x8", 0},
    {"10x64", "select first", "Select-1", "Gather Nx64", 0},
    {"10x64", "take last", "Select-1", "Gather Nx64", 0},
    {"10x64", "select 3", "Select-1", "Gather Nx64", 0},
    {"10x64", "class_token", "ClassToken-1", "Concat Nx11x64", 64},
    // joins
    {"8x4x4", "add x1", "Add-1", "Add Nx8x4x4", 0},
    {"8x4x4", "multiply x1 x1", "Mul-1", "Mul Nx8x4x4", 0},
    {"8x4x4", "concat x1", "Concat-1", "Concat Nx16x4x4", 0},
    {"8x4x4", "concat x1 x1 axis=-1", "Concat-1", "Concat Nx8x4x12", 0},
};

TEST(Layers, BecomeWhatTheyAreCalled) {
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.input) + " -> " + std::string(c.layer));
    const Model model =
        built("input x1 " + std::string(c.input) + "\n" + std::string(c.layer) + "\n");
    EXPECT_EQ(node_text(model, c.node), c.op_and_shape);
    EXPECT_EQ(n_weights(*model.graph), c.n_weights);
    for (const Node& node : model.graph->nodes) {
      EXPECT_NE(node.op, nullptr) << node.op_type;
      EXPECT_EQ(node.opset, 24);
      EXPECT_EQ(node.line, 2U);
    }
  }
}

TEST(Layers, EveryOneIsTested) {
  for (const std::string_view name : net::layer_names()) {
    bool found = false;
    for (const Case& c : cases) found = found || c.layer.substr(0, c.layer.find(' ')) == name;
    EXPECT_TRUE(found) << name << " has no row above";
  }
}

TEST(Layers, WeightsAreNamedAfterTheirLayer) {
  const Model model = built("input 3x8x8\nconv 4 3x3\nbatchnorm\nflatten\nhead = linear 2");
  EXPECT_EQ(weight_text(model, "Conv-1.weight"), "4x3x3x3");
  EXPECT_EQ(weight_text(model, "Conv-1.bias"), "4");
  EXPECT_EQ(weight_text(model, "BatchNorm-2.running_var"), "4");
  EXPECT_EQ(weight_text(model, "head.weight"), "2x144");  // [out, in]
  EXPECT_EQ(node_text(model, "head"), "Gemm Nx2");
}

TEST(Layers, TiedWeightsAreOneWeight) {
  const Model model = built("input 5 int64\nwte = embedding 100 8\nlinear 100 bias=false tied=wte");
  EXPECT_EQ(n_weights(*model.graph), 800);
  EXPECT_EQ(output_text(model), "Nx5x100");
}

TEST(Layers, CrossAttentionReadsAnotherInput) {
  const Model model =
      built("input memory 7x32\ninput 10x64\nattention heads=4 context=memory bias=false\n");
  EXPECT_EQ(output_text(model), "Nx10x64");
  EXPECT_EQ(weight_text(model, "Attention-1.k.weight"), "64x32");
  EXPECT_EQ(n_weights(*model.graph), 2 * 64 * 64 + 2 * 64 * 32);
  const Model parts =
      built("input memory 7x32\ninput 10x64\nattention heads=4 context=memory fused=false\n");
  EXPECT_EQ(node_text(parts, "Attention-1/scores"), "MatMul Nx4x10x7");
}

}  // namespace
}  // namespace reckon

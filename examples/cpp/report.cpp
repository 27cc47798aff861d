// What a network costs, from C++: the largest layers of a model.
//
//     report [MODEL [BATCH]]
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <reckon/reckon.hpp>

int main(int argc, char** argv) {
  auto model = reckon::open(argc > 1 ? argv[1] : "alexnet");
  if (!model) {
    std::cerr << model.error().message << '\n';
    return 1;
  }
  auto report = model->report({.batch = argc > 2 ? std::atoi(argv[2]) : 1});
  if (!report) {
    std::cerr << report.error().message << '\n';
    return 1;
  }
  std::cout << report->name << ": " << report->totals.params << " parameters, "
            << report->totals.macs << " MACs at batch " << report->batch << '\n';

  std::ranges::sort(report->layers, std::ranges::greater(), &reckon::Layer::macs);
  for (std::size_t i = 0; i < std::min<std::size_t>(3, report->layers.size()); ++i) {
    const auto& layer = report->layers[i];
    std::cout << layer.name << ": " << layer.macs.value_or(0) << " MACs\n";
    const auto figures = model->explain(layer.name, {.batch = report->batch});
    if (!figures) continue;
    for (const auto& figure : *figures)
      if (figure.name == "macs")
        std::cout << "  = " << figure.formula << "\n  = " << figure.substitution << '\n';
  }
}

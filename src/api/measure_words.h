// What `reckon measure` is asked, as typed.
#pragma once

#include <string>
#include <vector>

#include "machine/device.h"

namespace reckon {

// Empty words mean the default.
struct MeasureWords {
  bool train = false;
  std::string optimizer;  // sgd
  std::string in_place;   // on
  std::vector<std::string> freeze;
  std::string device;               // cpu
  std::string on;                   // a device to predict the time for
  std::vector<Device> own_devices;  // that hide built-in ones of their names
  std::string threads, warmup, repeats, values;
};

}  // namespace reckon

// Expectations are the vendors' own numbers, turned into base units by hand, and files that are
// wrong in one place each.
#include "machine/device.h"

#include <gtest/gtest.h>

namespace reckon {
namespace {

Device device(std::string_view name) {
  auto found = find_device(name);
  EXPECT_TRUE(found) << name;
  return found ? *found : Device{};
}

// What is said about one device with these fields beside its name.
std::string complaint(std::string_view fields) {
  const std::string text =
      "{\"schema\": 1, \"devices\": [{\"name\": \"mine\", " + std::string(fields) + "}]}";
  const auto devices = parse_devices(text, "own.json");
  return devices ? "" : devices.error().where + ": " + devices.error().message;
}

TEST(Devices, BuiltInOnesHaveNamesMemoryAndSources) {
  const auto devices = built_in_devices();
  ASSERT_TRUE(devices) << devices.error().where << ": " << devices.error().message;
  EXPECT_EQ(devices->size(), 56u);
  for (const Device& d : *devices) {
    EXPECT_FALSE(d.title.empty()) << d.name;
    EXPECT_FALSE(d.source.empty()) << d.name;
    EXPECT_FALSE(d.confidence.empty()) << d.name;
    EXPECT_GT(d.mem_bytes->value, 0) << d.name;
    EXPECT_LE(usable_memory(d).value, d.mem_bytes->value) << d.name;
    EXPECT_GT(usable_memory(d).value, 0) << d.name;
    // Nobody's memory and nobody's figure is exact: it does not follow from a graph.
    for (const DeviceFigure& f : device_figures()) {
      if (f.count && d.*f.count) {
        EXPECT_NE((d.*f.count)->standing, Standing::exact) << d.name;
      }
    }
  }
}

TEST(Devices, BudgetsAreWhatTheirNamesSay) {
  EXPECT_EQ(usable_memory(device("laptop-8gb")).value, 8589934592);  // 8 · 2^30
  EXPECT_EQ(usable_memory(device("mobile-2gb")).value, 2147483648);  // 2 · 2^30
  EXPECT_EQ(usable_memory(device("mcu-256kb")).value, 262144);       // 256 · 2^10
  EXPECT_EQ(device("mcu-256kb").flash_bytes->value, 1048576);
  EXPECT_EQ(device("mcu-256kb").flash_bytes->standing, Standing::assumed);
}

TEST(Devices, UsableIsToldFromNominal) {
  const Device h100 = device("h100-sxm");
  EXPECT_EQ(h100.mem_bytes->value, 85899345920);      // 80 · 2^30
  EXPECT_EQ(usable_memory(h100).value, 84932978278);  // ⌊79.1 · 2^30⌋
  EXPECT_EQ(usable_memory(device("stm32h743")).value, 524288);
  // Nobody says it: the nominal memory, and that it is assumed.
  const Device rpi5 = device("rpi5");
  EXPECT_FALSE(rpi5.usable_bytes);
  EXPECT_EQ(usable_memory(rpi5).value, 8589934592);
  EXPECT_EQ(usable_memory(rpi5).standing, Standing::assumed);
  EXPECT_NE(usable_memory(rpi5).source.find("nominal"), std::string::npos);
}

TEST(Devices, FiguresAreInBaseUnitsAndCarryTheirStanding) {
  const Device a100 = device("A100_SXM-80");
  EXPECT_EQ(a100.tf32_flops_per_s->value, 156e12);
  EXPECT_EQ(a100.mem_bytes_per_s->value, 2039e9);
  EXPECT_EQ(a100.clock_hz->value, 1410e6);
  EXPECT_EQ(a100.kernel_floor_s->value, 2.45e-6);
  EXPECT_EQ(a100.llc_bytes->value, 41943040);  // 40 MiB
  EXPECT_EQ(a100.mem_bytes_per_s->standing, Standing::reference);
  EXPECT_FALSE(a100.fp8_flops_per_s);  // it has none, and zero is not written
  const Device m1 = device("m1-max");  // "verified(bw,flops)"
  EXPECT_EQ(m1.mem_bytes_per_s->standing, Standing::reference);
  EXPECT_EQ(m1.fp16_flops_per_s->standing, Standing::reference);
  EXPECT_EQ(m1.llc_bytes->standing, Standing::assumed);
  EXPECT_EQ(device("m3-max").mem_bytes_per_s->standing, Standing::assumed);  // "conflict"
  EXPECT_EQ(device("t4").confidence, "recall+NeuSight");
  EXPECT_EQ(device("stm32l4r5").llc_bytes->value, 0);  // a Cortex-M4 has no cache
}

TEST(Devices, AWrongNameGetsTheNearest) {
  const auto none = find_device("laptop-8g");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::not_found);
  EXPECT_NE(none.error().message.find("did you mean laptop-8gb?"), std::string::npos);
}

TEST(Devices, AnOwnFileIsReadAndHidesABuiltInName) {
  const auto own = parse_devices(R"({"devices": [{"name": "laptop-8gb", "mem_bytes": 1e9,
      "tdp_w": {"value": 15, "standing": "measured", "source": "a meter"}}]})",
                                 "own.json");
  ASSERT_TRUE(own) << own.error().message;
  const auto found = find_device("laptop-8gb", *own);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->mem_bytes->value, 1000000000);
  EXPECT_EQ(found->mem_bytes->standing, Standing::assumed);
  EXPECT_EQ(found->tdp_w->standing, Standing::measured);
  EXPECT_EQ(found->tdp_w->source, "a meter");
  EXPECT_EQ(found->title, "laptop-8gb");
}

// Every figure of the built-in devices, told in the other way: a list with units.
TEST(Devices, AListOfFiguresIsReadAsWell) {
  const auto listed = parse_devices(
      R"({"reckon": {"version": "0.1.0"}, "devices": [{"name": "a", "year": null, "figures": [
          {"name": "mem_bytes", "value": 1024, "unit": "B", "what": "nominal memory",
           "standing": "measured", "source": "a ruler"},
          {"name": "units", "value": 4, "unit": ""}]}]})",
      "own.json");
  ASSERT_TRUE(listed) << listed.error().where << listed.error().message;
  EXPECT_EQ((*listed)[0].mem_bytes->value, 1024);
  EXPECT_EQ((*listed)[0].mem_bytes->standing, Standing::measured);
  EXPECT_EQ((*listed)[0].mem_bytes->source, "a ruler");
  EXPECT_EQ((*listed)[0].units->value, 4);
  EXPECT_EQ(complaint(R"("figures": [{"name": "mem_bytes", "value": 8, "unit": "GB"}])"),
            "own.json: mine: mem_bytes: mem_bytes is in B, not in 'GB'");
  EXPECT_EQ(complaint(R"("figures": [{"name": "mem_bites", "value": 8}])").substr(0, 74),
            "own.json: mine: mem_bites: mem_bites is no field of a device, did you mean");
  EXPECT_EQ(complaint(R"("figures": 3)"), "own.json: mine: figures: figures is not a list");
  EXPECT_NE(complaint(R"("figures": [3])"), "");
  EXPECT_NE(complaint(R"("figures": [{"value": 3}])"), "");
}

TEST(Devices, OneDeviceAloneIsAFile) {
  const auto alone = parse_devices(R"({"name": "a", "mem_bytes": 1024})", "own.json");
  ASSERT_TRUE(alone) << alone.error().message;
  EXPECT_EQ(one_device(*alone, "", "own.json")->name, "a");
  const auto two = parse_devices(
      R"({"devices": [{"name": "aa", "mem_bytes": 1}, {"name": "bb", "mem_bytes": 1}]})",
      "own.json");
  ASSERT_TRUE(two);
  EXPECT_EQ(one_device(*two, "bb", "own.json")->name, "bb");
  EXPECT_EQ(one_device(*two, "", "own.json").error().code, ErrorCode::bad_argument);
  EXPECT_NE(one_device(*two, "bc", "own.json").error().message.find("did you mean bb?"),
            std::string::npos);
  EXPECT_EQ(one_device({}, "", "own.json").error().code, ErrorCode::not_found);
}

TEST(Devices, AWordIsANameOrAFile) {
  EXPECT_EQ(device_spec("t4").file, "");
  EXPECT_EQ(device_spec("t4").name, "t4");
  EXPECT_EQ(device_spec("a.json").file, "a.json");
  EXPECT_EQ(device_spec("a.json").name, "");
  EXPECT_EQ(device_spec("./boards#x").file, "./boards");
  EXPECT_EQ(device_spec("a.json#x").file, "a.json");
  EXPECT_EQ(device_spec("a.json#x").name, "x");
}

TEST(Devices, BadOnesAreRefusedByField) {
  EXPECT_EQ(complaint("\"mem_bytes\": 1024"), "");
  EXPECT_EQ(complaint("\"mem_bytes\": 0"),
            "own.json: mine: mem_bytes: mem_bytes is zero; leave out what is not known");
  EXPECT_EQ(complaint("\"mem_bytes\": -1"), "own.json: mine: mem_bytes: mem_bytes is below zero");
  EXPECT_EQ(complaint("\"mem_bytes\": 0.5"),
            "own.json: mine: mem_bytes: mem_bytes is not a whole number");
  EXPECT_EQ(complaint("\"mem_bytes\": 1e300"),
            "own.json: mine: mem_bytes: mem_bytes is too large for a machine; its unit is B");
  EXPECT_EQ(complaint("\"mem_bytes\": 9, \"fp32_flops_per_s\": 1e22"),
            "own.json: mine: fp32_flops_per_s: fp32_flops_per_s is too large for a machine; its "
            "unit is FLOP/s");
  // Gigahertz in the place of hertz would be caught by nobody; 0.9 Hz is.
  EXPECT_EQ(complaint("\"mem_bytes\": 9, \"clock_hz\": 0.9"),
            "own.json: mine: clock_hz: clock_hz is too small for a machine; its unit is Hz");
  EXPECT_EQ(complaint("\"mem_bytes\": 9, \"mem_bytes_per_s\": 0"),
            "own.json: mine: mem_bytes_per_s: mem_bytes_per_s is zero; leave out what is not "
            "known");
  EXPECT_EQ(complaint("\"mem_bytes\": 9, \"mem_bytes_per_s\": -3e9"),
            "own.json: mine: mem_bytes_per_s: mem_bytes_per_s is below zero");
  EXPECT_NE(complaint("\"mem_bytes\": 9, \"fp23_flops_per_s\": 1").find("did you mean fp32_flops"),
            std::string::npos);
  EXPECT_EQ(complaint("\"mem_bytes\": 18446744073709551615"),
            "own.json: mine: mem_bytes: mem_bytes is beyond 64 bits");
  EXPECT_EQ(complaint("\"mem_bytes\": \"8 GB\""),
            "own.json: mine: mem_bytes: mem_bytes is not a number");
  EXPECT_EQ(complaint("\"tdp_w\": 5"),
            "own.json: mine: mem_bytes: mem_bytes is missing: a device has memory, in bytes");
  EXPECT_EQ(complaint("\"mem_bytes\": 9, \"usable_bytes\": 10"),
            "own.json: mine: usable_bytes: usable_bytes is more than mem_bytes");
  const std::string unit = complaint("\"mem_gb\": 8");
  EXPECT_TRUE(unit.starts_with("own.json: mine: mem_gb: mem_gb is no field of a device")) << unit;
  EXPECT_NE(unit.find("Units are bytes"), std::string::npos);
  EXPECT_NE(complaint("\"mem_bytes\": {\"value\": 8, \"unit\": \"GB\"}").find("holds 'unit'"),
            std::string::npos);
  EXPECT_NE(complaint("\"mem_bytes\": {}").find("has no value"), std::string::npos);
  EXPECT_NE(complaint("\"mem_bytes\": 9, \"standing\": \"sure\"").find("standing is one of"),
            std::string::npos);
  EXPECT_NE(complaint("\"mem_bytes\": 9, \"year\": 12").find("year: year is not a year"),
            std::string::npos);
}

TEST(Devices, BadFilesAreRefused) {
  const auto said = [](std::string_view text) {
    const auto devices = parse_devices(text, "own.json");
    return devices ? "" : devices.error().message;
  };
  EXPECT_EQ(said("{"), "is not JSON");
  EXPECT_NE(said("[]"), "");
  EXPECT_NE(said("{\"devices\": 3}"), "");
  EXPECT_NE(said("{\"devices\": [], \"more\": 1}"), "");
  EXPECT_EQ(said("{\"devices\": []}"), "");
  EXPECT_EQ(said("{\"devices\": [{\"mem_bytes\": 1}]}"), "name is missing");
  EXPECT_NE(said("{\"devices\": [{\"name\": \"A B\", \"mem_bytes\": 1}]}"), "");
  EXPECT_EQ(said("{\"devices\": [{\"name\": \"a\", \"mem_bytes\": 1},"
                 "{\"name\": \"a\", \"mem_bytes\": 1}]}"),
            "name is given to two devices");
  // The place of what is not JSON, counted by hand: line 3, the second letter.
  const auto wrong = parse_devices("{\"devices\":\n [\n x]}", "own.json");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().where, "own.json:3:2");
  EXPECT_NE(said(std::string(100'000, '[')), "");
  // Every beginning of the built-in file is refused without harm.
  const std::string whole = "{\"devices\": [{\"name\": \"a\", \"mem_bytes\": {\"value\": 1}}]}";
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_FALSE(parse_devices(std::string_view(whole).substr(0, n), "own.json")) << n;
}

}  // namespace
}  // namespace reckon

# What makes a mistake in memory hard to use, in a program that opens the files of strangers
# (SECURITY.md): its place in memory is drawn by lot (PIE), what the loader filled in is read-only
# before main() (full RELRO), no page is both written and run, a return address that was written over
# and a stack that jumped over its guard page end the program, and so does a call of the C library
# beyond the end of an object whose size is known. tests/hardening_test.py reads it back from the
# program that was built.
#
# WebAssembly has none of these: its calls and its memory are apart by design.
if(NOT WASI)
  target_compile_options(reckon_flags INTERFACE
    -fPIE -fstack-protector-strong -fstack-clash-protection)
  target_link_options(reckon_flags INTERFACE -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
endif()
# The C library's checks need an optimiser to know sizes, and AddressSanitizer has better ones of its
# own. A target with the property RECKON_UNOPTIMISED compiles with -O0 in every configuration.
if(NOT WASI AND NOT RECKON_SANITIZE)
  string(CONCAT optimised "$<AND:$<CONFIG:Release,RelWithDebInfo,MinSizeRel>,"
    "$<NOT:$<BOOL:$<TARGET_PROPERTY:RECKON_UNOPTIMISED>>>>")
  target_compile_options(reckon_flags INTERFACE
    "$<${optimised}:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3>")
endif()

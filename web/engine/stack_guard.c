/* Debian's WebAssembly C++ library is compiled with stack protection and wasi-libc lacks what that
 * needs. The guard is a constant: there is nothing secret in a page's own memory. */
#include <stdint.h>

/* NOLINTBEGIN(bugprone-reserved-identifier): the compiler chose the names */
uintptr_t __stack_chk_guard = 0x595ac0de;

_Noreturn void __stack_chk_fail(void);
_Noreturn void __stack_chk_fail(void) {
  __builtin_trap();
}
/* NOLINTEND(bugprone-reserved-identifier) */

#!/usr/bin/env python3
"""The program as it was built, read as the loader reads it: an ELF file of 64 bits (the layout is that
of elf(5), the meaning of the flags that of the GNU linker's -z). A wrong flag in one room would go
unseen by every other test."""
import os
import struct
import unittest

from run_tests import run_tests

PT_DYNAMIC, PT_LOAD, PT_GNU_STACK, PT_GNU_RELRO = 2, 1, 0x6474E551, 0x6474E552
DT_STRTAB, DT_SYMTAB, DT_STRSZ, DT_FLAGS, DT_TEXTREL, DT_FLAGS_1 = 5, 6, 10, 30, 22, 0x6FFFFFFB
DF_BIND_NOW, DF_1_NOW, DF_1_PIE = 0x8, 0x1, 0x08000000
EXECUTABLE, WRITABLE = 1, 2


class Elf:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.bytes = file.read()
        assert self.bytes[:5] == b"\x7fELF\x02", "no ELF file of 64 bits"
        self.type = struct.unpack_from("<H", self.bytes, 16)[0]
        (at,) = struct.unpack_from("<Q", self.bytes, 32)
        size, count = struct.unpack_from("<HH", self.bytes, 54)
        # (type, flags, offset, address, bytes in the file)
        rows = [struct.unpack_from("<IIQQQQQQ", self.bytes, at + i * size) for i in range(count)]
        self.segments = [(r[0], r[1], r[2], r[3], r[5]) for r in rows]
        self.dynamic = {}
        for kind, _, offset, _, n_bytes in self.segments:
            if kind == PT_DYNAMIC:
                for i in range(n_bytes // 16):
                    tag, value = struct.unpack_from("<QQ", self.bytes, offset + 16 * i)
                    self.dynamic.setdefault(tag, value)

    def offset(self, address):
        for kind, _, offset, start, n_bytes in self.segments:
            if kind == PT_LOAD and start <= address < start + n_bytes:
                return address - start + offset
        raise ValueError(f"no segment holds {address:#x}")

    def names(self):
        """Of what the loader looks up: the table of strings without its numbers."""
        begin = self.offset(self.dynamic[DT_STRTAB])
        return set(self.bytes[begin:begin + self.dynamic[DT_STRSZ]].decode("ascii", "replace").split("\0"))


class Hardening(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.elf = Elf(os.environ["RECKON_BINARY"])
        cls.sanitized = b"__asan_init" in cls.elf.bytes

    def test_its_place_in_memory_is_drawn_by_lot(self):
        self.assertEqual(self.elf.type, 3)  # ET_DYN
        self.assertTrue(self.elf.dynamic.get(DT_FLAGS_1, 0) & DF_1_PIE)
        self.assertNotIn(DT_TEXTREL, self.elf.dynamic)

    def test_what_the_loader_fills_in_is_read_only_before_main(self):
        self.assertIn(PT_GNU_RELRO, [segment[0] for segment in self.elf.segments])
        now = self.elf.dynamic.get(DT_FLAGS, 0) & DF_BIND_NOW or (
            self.elf.dynamic.get(DT_FLAGS_1, 0) & DF_1_NOW)
        self.assertTrue(now, "functions are bound when they are first called")

    def test_no_page_is_both_written_and_run(self):
        stack = [flags for kind, flags, *_ in self.elf.segments if kind == PT_GNU_STACK]
        self.assertEqual(len(stack), 1)
        for kind, flags, *_ in self.elf.segments:
            if kind in (PT_LOAD, PT_GNU_STACK):
                self.assertNotEqual(flags & (EXECUTABLE | WRITABLE), EXECUTABLE | WRITABLE)

    def test_return_addresses_are_guarded(self):
        self.assertIn("__stack_chk_fail", self.elf.names())

    def test_the_c_library_checks_sizes_that_are_known(self):
        # Where AddressSanitizer is, it is that which checks them.
        checked = {name for name in self.elf.names() if name.startswith("__") and name.endswith("_chk")}
        self.assertTrue(checked or self.sanitized, "no function of the C library is called in its checked form")


if __name__ == "__main__":
    run_tests()

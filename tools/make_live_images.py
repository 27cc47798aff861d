#!/usr/bin/env python3
"""Writes the images that the page trains with: some of Fashion-MNIST, in 16 greys, compressed.

    tools/make_live_images.py [--train N] [--test N] [--from FOLDER] [FILE]

Fashion-MNIST is Zalando SE's, under the MIT licence (Debian: dataset-fashion-mnist). The first N images
of each of the ten classes, in the order of their files. The layout stands in src/learning/live_training.h.
"""
import argparse
import gzip
import pathlib
import zlib

HERE = pathlib.Path(__file__).resolve().parent.parent
SIDE, CLASSES = 28, 10


def read(folder, which, n):
    images = gzip.open(folder / f"{which}-images-idx3-ubyte.gz").read()[16:]
    labels = gzip.open(folder / f"{which}-labels-idx1-ubyte.gz").read()[8:]
    left, chosen = [n // CLASSES] * CLASSES, []
    for i, label in enumerate(labels):
        if left[label] > 0:
            left[label] -= 1
            chosen.append((label, images[i * SIDE * SIDE:(i + 1) * SIDE * SIDE]))
    return chosen


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--train", type=int, default=2000)
    words.add_argument("--test", type=int, default=500)
    words.add_argument("--from", dest="folder", type=pathlib.Path,
                       default=pathlib.Path("/usr/share/datasets/fashion-mnist"))
    words.add_argument("file", nargs="?", type=pathlib.Path, default=HERE / "web/src/live/fashion-mnist.bin")
    asked = words.parse_args()
    train, test = read(asked.folder, "train", asked.train), read(asked.folder, "t10k", asked.test)
    out = bytearray(b"RKI1")
    out += len(train).to_bytes(2, "little") + len(test).to_bytes(2, "little") + bytes([SIDE, SIDE, CLASSES, 0])
    out += bytes(label for label, _ in train + test)
    pixels = b"".join(image for _, image in train + test)
    out += bytes((pixels[i] & 0xF0) | pixels[i + 1] >> 4 for i in range(0, len(pixels), 2))
    pack = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)  # gzip's form, without a time
    asked.file.parent.mkdir(parents=True, exist_ok=True)
    asked.file.write_bytes(pack.compress(bytes(out)) + pack.flush())


if __name__ == "__main__":
    main()

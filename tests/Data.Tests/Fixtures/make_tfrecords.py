#!/usr/bin/env python3
"""Writes a small data set as TensorFlow Datasets lays it out, from nothing but the formats' definitions: CRC-32C bit by bit from its
polynomial, TFRecord framing, tf.train.Example in protocol buffers. The pictures are JPEG files given by name.

    make_tfrecords.py FOLDER PICTURE...
"""
import json
import os
import random
import struct
import sys

POLYNOMIAL = 0x82F63B78  # 0x1EDC6F41, reflected


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (POLYNOMIAL if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def record(data):
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", masked(length)) + data + struct.pack("<I", masked(data))


def varint(n):
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def delimited(field, data):
    return varint(field << 3 | 2) + varint(len(data)) + data


def bytes_feature(value):
    return delimited(1, delimited(1, value))


def float_feature(values):
    return delimited(2, delimited(1, b"".join(struct.pack("<f", v) for v in values)))


def int_feature(value):
    return delimited(3, delimited(1, varint(value & 0xFFFFFFFFFFFFFFFF)))


def example(features):
    entries = b"".join(
        delimited(1, delimited(1, name.encode()) + delimited(2, value)) for name, value in sorted(features.items())
    )
    return delimited(1, entries)


def write(path, records):
    with open(path, "wb") as file:
        for data in records:
            file.write(record(data))


def main(folder, pictures):
    assert crc32c(b"123456789") == 0xE3069283  # the check value of RFC 3720's catalogue entry
    version = os.path.join(folder, "cats_vs_dogs", "4.0.1")
    os.makedirs(version, exist_ok=True)
    contents = [open(name, "rb").read() for name in pictures]
    examples = [
        example({
            "image": bytes_feature(content),
            "image/filename": bytes_feature(f"PetImages/{'Dog' if i % 2 else 'Cat'}/{i}.jpg".encode()),
            "label": int_feature(i % 2),
        })
        for i, content in enumerate(contents)
    ]
    shards = 3
    lengths = []
    for shard in range(shards):
        part = examples[shard::shards]
        lengths.append(str(len(part)))
        write(os.path.join(version, f"cats_vs_dogs-train.tfrecord-{shard:05d}-of-{shards:05d}"), part)
    with open(os.path.join(version, "dataset_info.json"), "w") as file:
        json.dump({"name": "cats_vs_dogs", "version": "4.0.1", "splits": [{"name": "train", "shardLengths": lengths}]}, file, indent=2)
    with open(os.path.join(version, "label.labels.txt"), "w") as file:
        file.write("cat\ndog\n")

    # Records of any bytes and lengths, and one example with every kind of feature.
    random.seed(20)
    write(os.path.join(folder, "bytes.tfrecord"), [bytes(random.randrange(256) for _ in range(n)) for n in (0, 1, 7, 8, 9, 100, 1000)])
    write(os.path.join(folder, "features.tfrecord"), [example({
        "bytes": delimited(1, delimited(1, b"") + delimited(1, b"\x00\xff")),
        "floats": float_feature([0.0, -1.5, 3.4e38]),
        "integers": delimited(3, delimited(1, b"".join(varint(n & 0xFFFFFFFFFFFFFFFF) for n in (0, 1, -1, 2 ** 63 - 1, -(2 ** 63))))),
    })])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

"""HDF5 files that Keras' own never are, but a stranger's may be. Needs Debian's python3-h5py.
usage: make_hdf5.py FOLDER"""
import os
import sys

import h5py
import numpy as np

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
values = (np.arange(7 * 5, dtype="f4").reshape(7, 5) - 3) / 4


def file(name, **options):
    return h5py.File(os.path.join(folder, name), "w", **options)


# Every way that numbers and texts are written which the reader knows. The numbers are (5i + j - 3) / 4.
with file("known.h5") as f:
    for kind in ("f2", "f4", "f8"):
        f.create_dataset(f"plain/{kind}", data=values.astype(kind))
    f.create_dataset("pieces/bare", data=values, chunks=(2, 3))
    f.create_dataset("pieces/gzip", data=values, chunks=(3, 2), compression="gzip")
    f.create_dataset("pieces/all", data=values.astype("f8"), chunks=(4, 5), compression="gzip", shuffle=True, fletcher32=True)
    f.create_dataset("pieces/growing", data=values, chunks=(1, 1), maxshape=(None, None))
    f.create_dataset("zeros", data=np.zeros((64, 1024), "f4"), chunks=(64, 1024), compression="gzip", compression_opts=9)
    f.create_dataset("scalar", data=np.float32(1.5))
    f.create_dataset("empty", data=np.zeros((0, 3), "f4"))
    f.create_dataset("whole/i4", data=np.int32(-7))
    f.create_dataset("whole/i8", data=np.int64(1) << 40)
    compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    compact.set_layout(h5py.h5d.COMPACT)
    h5py.h5d.create(f.id, b"compact", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple(values.shape), compact).write(h5py.h5s.ALL, h5py.h5s.ALL, values)
    f.attrs["any length"] = "größer"
    f.attrs["one length"] = np.bytes_("text")
    f.attrs["list"] = np.array([b"a", b"bcd"])
    f.attrs["list of any length"] = ["x", "yz", ""]
    f.attrs["none"] = h5py.Empty("S1")
    f.attrs["numbers"] = values
    for i in range(300):
        f[f"many/{i:03}"] = np.float32(i)

# Pieces that are not compressed but have a checksum.
with file("checked.h5") as f:
    f.create_dataset("checked", data=values, chunks=(7, 5), fletcher32=True)

# The same in the layout of messages that newer versions write, small enough to stand in one header.
with file("newer.h5", libver=("v110", "v110"), track_order=True) as f:
    f.create_dataset("group/data", data=values)
    f.attrs["text"] = "as ever"

# Links that lead in circles, out of the file, or nowhere.
with file("links.h5") as f:
    f["self"] = h5py.SoftLink("/self")
    f["ping"] = h5py.SoftLink("/pong/x")
    f["pong"] = h5py.SoftLink("/ping/x")
    f["nowhere"] = h5py.SoftLink("/nothing")
    f["group/parent"] = f["/"]
    f["group/itself"] = f["group"]
    f["group/data"] = values
    f["outside"] = h5py.ExternalLink("known.h5", "/plain/f4")
with file("newer-links.h5", libver=("v110", "v110")) as f:
    f["self"] = h5py.SoftLink("/self")
    f["outside"] = h5py.ExternalLink("known.h5", "/plain/f4")

# What the reader says no to.
with file("unknown.h5") as f:
    f.create_dataset("big-endian", data=values.astype(">f4"))
    f.create_dataset("structure", data=np.zeros(3, [("a", "f4")]))
    f.create_dataset("lzf", data=values, chunks=(7, 5), compression="lzf")
    f.create_dataset("never written", (3, 4), "f4")
    f.create_dataset("partly written", (8, 8), "f4", chunks=(4, 4))[:4, :4] = 1
    f.create_dataset("in another file", data=values, external=[(os.devnull, 0, values.nbytes)])
    virtual = h5py.VirtualLayout((7, 5), "f4")
    virtual[:] = h5py.VirtualSource("known.h5", "plain/f4", (7, 5))
    f.create_virtual_dataset("virtual", virtual)
with file("newest.h5", libver="latest") as f:
    f.create_dataset("pieces", data=values, chunks=(2, 3))
    for i in range(20):
        f[f"many/{i}"] = np.float32(i)
        f["many"].attrs[f"attribute {i}"] = i

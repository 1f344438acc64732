using System.Globalization;
using Numerics.Backends.Cpu;
using Numerics.Distributed;
using Numerics.Distributed.Mpi;
using Numerics.Tensors;

// operations: every operation of the group, checked; the last line says how many checks held.
// train SHARDS [CHECKPOINTS [MILLISECONDS]]: a training, whose last line has a hash of the weights.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Backend.Default = new CpuBackend(threads: 1);
using ProcessGroup group = MpiLaunch.Detect() is null ? new SingleProcessGroup() : new MpiProcessGroup();
TextWriter output = group.Rank == 0 ? Console.Out : TextWriter.Null;
switch (args)
{
    case ["operations"]:
        return Operations.Check(group, output) ? 0 : 1;
    case ["train", var shards, .. var rest]:
        return Training.Run(
            group, int.Parse(shards, CultureInfo.InvariantCulture), rest.Length > 0 ? rest[0] : null,
            rest.Length > 1 ? int.Parse(rest[1], CultureInfo.InvariantCulture) : 0, output) ? 0 : 1;
    default:
        Console.Error.WriteLine("usage: operations | train SHARDS [CHECKPOINTS [MILLISECONDS]]");
        return 2;
}

using System.Text;

namespace Numerics.Distributed;

/// <summary>Which processes of a group share this process's machine and its processors.</summary>
/// <param name="LocalRank">The number of this process among those of its machine, from 0.</param>
/// <param name="LocalSize">How many processes the machine has.</param>
/// <param name="Threads">How many threads suit this process: its processors, shared with those processes that may use the same.</param>
public sealed record NodePlacement(int LocalRank, int LocalSize, int Threads)
{
    private const int Length = 512;

    /// <summary>Finds out; called by all processes.</summary>
    /// <param name="group">The processes.</param>
    public static NodePlacement Of(ProcessGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        byte[] own = new byte[Length], all = new byte[Length * group.Size];
        string processors = Processors();
        Write(Environment.MachineName, own.AsSpan(0, Length / 2));
        Write(processors, own.AsSpan(Length / 2));
        group.AllGather(own, all);
        int localRank = 0, localSize = 0, sharers = 0;
        for (int rank = 0; rank < group.Size; rank++)
        {
            ReadOnlySpan<byte> other = all.AsSpan(rank * Length, Length);
            if (!other[..(Length / 2)].SequenceEqual(own.AsSpan(0, Length / 2)))
                continue;
            localRank += rank < group.Rank ? 1 : 0;
            localSize++;
            sharers += other.SequenceEqual(own) ? 1 : 0;
        }

        return new NodePlacement(localRank, localSize, Math.Max(1, Environment.ProcessorCount / sharers));
    }

    // The processors that a launcher lets this process use, such as 0-7; processes with the same list share them.
    private static string Processors()
    {
        const string Status = "/proc/self/status", Name = "Cpus_allowed_list:";
        return File.Exists(Status)
            ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal))?[Name.Length..].Trim() ?? ""
            : "";
    }

    private static void Write(string text, Span<byte> place)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        bytes.AsSpan(0, Math.Min(bytes.Length, place.Length)).CopyTo(place);
    }
}

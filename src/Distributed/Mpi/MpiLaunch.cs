using System.Globalization;

namespace Numerics.Distributed;

/// <summary>What a launcher of MPI (mpirun, mpiexec, srun) says in the environment of the processes that it starts.</summary>
/// <param name="Kind">Whose launcher it is; null where the variables do not tell.</param>
/// <param name="Rank">The number of this process.</param>
/// <param name="Size">The number of processes.</param>
public sealed record MpiLaunch(MpiKind? Kind, int Rank, int Size)
{
    /// <summary>What the environment says; null when no launcher started this process.</summary>
    public static MpiLaunch? Detect() => Detect(Environment.GetEnvironmentVariable);

    internal static MpiLaunch? Detect(Func<string, string?> variable)
    {
        MpiLaunch? Named(MpiKind? kind, string rank, string size) => Number(variable(rank)) is { } first && Number(variable(size)) is { } second
            ? new MpiLaunch(kind, first, second)
            : null;
        return Named(MpiKind.OpenMpi, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE")
            ?? Named(MpiKind.Mpich, "PMI_RANK", "PMI_SIZE")
            ?? Named(null, "PMIX_RANK", "SLURM_NTASKS");
    }

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}

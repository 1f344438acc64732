namespace Numerics.Distributed.Tests;

/// <summary>What is known of MPI without one; the rest is in tests/Distributed.Mpi, which mpirun starts.</summary>
public class MpiTests
{
    [Fact]
    public void TheLaunchersVariablesTellRankAndSize()
    {
        MpiLaunch? Of(params string[] variables)
        {
            var all = variables.Select(text => text.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
            return MpiLaunch.Detect(all.GetValueOrDefault);
        }

        Assert.Equal(new MpiLaunch(MpiKind.OpenMpi, 2, 4), Of("OMPI_COMM_WORLD_RANK=2", "OMPI_COMM_WORLD_SIZE=4", "PMIX_RANK=2"));
        Assert.Equal(new MpiLaunch(MpiKind.Mpich, 0, 3), Of("PMI_RANK=0", "PMI_SIZE=3"));
        Assert.Equal(new MpiLaunch(null, 5, 8), Of("PMIX_RANK=5", "SLURM_NTASKS=8"));
        Assert.Null(Of("PATH=/bin"));
        Assert.Null(Of("PMI_RANK=x", "PMI_SIZE=3"));
    }

    [Fact]
    public void TheLaunchersOwnLibraryIsTriedFirst()
    {
        Assert.StartsWith(OperatingSystem.IsMacOS() ? "libmpi.40" : "libmpi.so.40", MpiLibrary.Candidates(MpiKind.OpenMpi)[0], StringComparison.Ordinal);
        Assert.StartsWith(OperatingSystem.IsMacOS() ? "libmpi.12" : "libmpich.so.12", MpiLibrary.Candidates(MpiKind.Mpich)[0], StringComparison.Ordinal);
        Assert.Equal(MpiLibrary.Candidates(MpiKind.OpenMpi).Order(), MpiLibrary.Candidates(MpiKind.Mpich).Order());
    }
}

namespace Numerics.Distributed;

/// <summary>The constants of mpi.h that are needed, which are part of a library's binary interface.</summary>
/// <param name="World">MPI_COMM_WORLD.</param>
/// <param name="Byte">MPI_BYTE.</param>
/// <param name="Float">MPI_FLOAT.</param>
/// <param name="Sum">MPI_SUM.</param>
/// <param name="Max">MPI_MAX.</param>
/// <param name="ErrorsReturn">MPI_ERRORS_RETURN.</param>
/// <param name="InPlace">MPI_IN_PLACE.</param>
/// <param name="IgnoreStatus">MPI_STATUS_IGNORE.</param>
internal sealed record MpiHandles(nint World, nint Byte, nint Float, nint Sum, nint Max, nint ErrorsReturn, nint InPlace, nint IgnoreStatus)
{
    /// <summary>The most bytes that an error's or the library's text takes, of both kinds.</summary>
    public const int MaxText = 8192;

    /// <summary>Those of a library that is loaded.</summary>
    public static MpiHandles Of(MpiKind kind) => kind == MpiKind.OpenMpi
        ? new(
            MpiLibrary.Symbol("ompi_mpi_comm_world"), MpiLibrary.Symbol("ompi_mpi_byte"), MpiLibrary.Symbol("ompi_mpi_float"),
            MpiLibrary.Symbol("ompi_mpi_op_sum"), MpiLibrary.Symbol("ompi_mpi_op_max"), MpiLibrary.Symbol("ompi_mpi_errors_return"), 1, 0)
        : new(0x4400_0000, 0x4c00_010d, 0x4c00_040a, 0x5800_0003, 0x5800_0001, 0x5400_0001, -1, 1);
}

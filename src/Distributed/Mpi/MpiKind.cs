namespace Numerics.Distributed;

/// <summary>The two binary interfaces of MPI libraries.</summary>
public enum MpiKind
{
    /// <summary>Open MPI: handles are addresses of the library's objects.</summary>
    OpenMpi,

    /// <summary>MPICH and what shares its interface (Intel MPI, MVAPICH, Cray MPICH): handles are numbers.</summary>
    Mpich,
}

using System.Runtime.InteropServices;

namespace Numerics.Distributed;

/// <summary>The one function of the C library that .NET has no equal of: its own pauses are a millisecond or more.</summary>
internal static partial class LibC
{
    [LibraryImport("libc")]
    internal static partial int usleep(uint microseconds);
}

using System.Reflection;
using System.Runtime.InteropServices;

namespace Numerics.Distributed;

/// <summary>Makes the names of the bindings resolve to the libraries that were found.</summary>
internal static class NativeImports
{
    private static readonly Lock s_lock = new();
    private static bool s_registered;

    /// <summary>Needed once, before the first call.</summary>
    public static void Register()
    {
        lock (s_lock)
        {
            if (s_registered)
                return;
            NativeLibrary.SetDllImportResolver(typeof(NativeImports).Assembly, Resolve);
            s_registered = true;
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name switch
    {
        MpiLibrary.Name => MpiLibrary.Handle,
        NcclLibrary.Name => NcclLibrary.Handle,
        _ => 0,
    };
}

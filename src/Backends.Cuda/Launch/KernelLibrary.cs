namespace Numerics.Backends.Cuda;

/// <summary>The embedded PTX, compiled by the driver a family at a time, and its kernels by name.</summary>
internal sealed class KernelLibrary(ICudaApi api) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<KernelFamily, nint> _modules = [];
    private readonly Dictionary<(KernelFamily, string), nint> _functions = [];

    public nint this[KernelFamily family, string name]
    {
        get
        {
            lock (_lock)
            {
                if (_functions.TryGetValue((family, name), out nint function))
                    return function;
                if (!_modules.TryGetValue(family, out nint module))
                    _modules[family] = module = api.LoadModule(Read(family));
                return _functions[(family, name)] = api.GetFunction(module, name);
            }
        }
    }

    /// <summary>The PTX of a family.</summary>
    public static string Read(KernelFamily family)
    {
        string resource = $"{SnakeCase.Of(family.ToString())}.ptx";
        using Stream stream = typeof(KernelLibrary).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"the assembly was built without {resource}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    public void Dispose()
    {
        foreach (nint module in _modules.Values)
            api.UnloadModule(module);
        _modules.Clear();
        _functions.Clear();
    }
}

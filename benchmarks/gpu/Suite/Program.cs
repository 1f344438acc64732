using System.Diagnostics;
using System.Reflection;
using Numerics.Benchmarks.Gpu;
using Xunit;
using Xunit.Sdk;

// For machines without .NET, of which this program brings what it needs.
//   cuda-suite Assembly:Class ...      runs the tests of the classes named, or Assembly: all; the exit code is 1 if one failed
//   cuda-suite catsvsdogs bench ...    runs the program
//   cuda-suite bandwidth [ELEMENTS]    how fast kernels move memory
//   cuda-suite nccl                    NCCL's own library with one GPU
if (args is ["catsvsdogs", ..])
{
    object? code = Assembly.Load("catsvsdogs").EntryPoint!.Invoke(null, [args[1..]]);
    return code is int status ? status : 0;
}

if (args is ["bandwidth", ..])
{
    KernelBandwidth bandwidth = args.Length == 1 ? new() : new(int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture));
    bandwidth.Run();
    return 0;
}

if (args is ["nccl"])
    return NcclCheck.Run() ? 0 : 1;

int passed = 0, failed = 0;
var clock = Stopwatch.StartNew();
TimeSpan reported = default;
foreach (string argument in args)
{
    string[] parts = argument.Split(':');
    Type[] classes = [.. Assembly.Load(parts[0]).GetTypes().Where(type => !type.IsAbstract && (parts[1].Length == 0 || type.Name == parts[1]))];
    foreach (Type type in classes)
    {
        int before = passed + failed;
        foreach (MethodInfo test in type.GetMethods(BindingFlags.Public | BindingFlags.Instance))
        {
            if (test.GetCustomAttribute<FactAttribute>() is null)
                continue;
            object[][] rows = test.GetCustomAttribute<TheoryAttribute>() is null
                ? [[]]
                : [.. test.GetCustomAttributes<DataAttribute>().SelectMany(data => data.GetData(test))];
            foreach (object[] row in rows)
                Run(test, row);
        }

        if (passed + failed > before)
            Report($"{type.Name}, so far");
    }
}

Report("all");
return failed == 0 && passed > 0 ? 0 : 1;

void Report(string what)
{
    Console.WriteLine($"{what}: {passed} passed, {failed} failed, {clock.Elapsed.TotalSeconds:F0} s");
    reported = clock.Elapsed;
}

void Run(MethodInfo test, object[] row)
{
    object?[] arguments = Arguments(test.GetParameters(), row);
    try
    {
        object instance = Activator.CreateInstance(test.ReflectedType!)!;
        try
        {
            _ = test.Invoke(instance, arguments);
        }
        finally
        {
            (instance as IDisposable)?.Dispose();
        }

        passed++;

        // Whoever runs out of time sees how far it came.
        if (clock.Elapsed - reported > TimeSpan.FromSeconds(10))
            Report($"{test.ReflectedType!.Name}, so far");
    }
    catch (TargetInvocationException error)
    {
        failed++;
        Console.WriteLine($"FAILED {test.ReflectedType!.Name}.{test.Name}({string.Join(", ", row)})\n    {error.InnerException!.Message.ReplaceLineEndings("\n    ")}");
    }
}

// The rest of a row may be the elements of an array, and its end be left to defaults.
static object?[] Arguments(ParameterInfo[] parameters, object[] row)
{
    bool gathers = parameters is [.., var last] && last.IsDefined(typeof(ParamArrayAttribute)) && !(row.Length == parameters.Length && row[^1] is Array);
    int single = gathers ? parameters.Length - 1 : parameters.Length;
    IEnumerable<object?> arguments = parameters[..single].Select((parameter, i) => i < row.Length ? Convert(row[i], parameter.ParameterType) : parameter.DefaultValue);
    if (!gathers)
        return [.. arguments];
    Type element = parameters[^1].ParameterType.GetElementType()!;
    var rest = Array.CreateInstance(element, Math.Max(row.Length - single, 0));
    for (int i = 0; i < rest.Length; i++)
        rest.SetValue(Convert(row[single + i], element), i);
    return [.. arguments, rest];
}

// Attributes hold ints where a test takes floats.
static object Convert(object value, Type type) =>
    value is IConvertible && type.IsPrimitive && value.GetType() != type ? System.Convert.ChangeType(value, type, System.Globalization.CultureInfo.InvariantCulture) : value;

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Numerics.Backends.Cpu;
using Numerics.Backends.Cuda;
using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs.Commands;

/// <summary><c>--device</c> and <c>--precision</c>: what computes, and with which arithmetic.</summary>
internal sealed class DeviceOption
{
    private const string Cpu = "cpu";
    private const string Cuda = "cuda";
    private const string Auto = "auto";

    private static readonly Dictionary<string, CudaPrecision> s_precisions = new()
    {
        ["float32"] = CudaPrecision.Float32,
        ["tf32"] = CudaPrecision.TensorFloat32,
        ["bfloat16"] = CudaPrecision.BFloat16,
    };

    private readonly Option<string?> _device = new("--device")
    {
        Description = "What computes: cpu, cuda, cuda:N for the Nth GPU from 0, or auto for a GPU if there is one.",
        HelpName = "DEVICE",
        Arity = ArgumentArity.ExactlyOne,
        DefaultValueFactory = _ => Cpu,
    };

    private readonly Option<string?> _precision = new("--precision")
    {
        Description = "A GPU's arithmetic in products and convolutions: float32, tf32 or bfloat16.",
        HelpName = "TYPE",
        Arity = ArgumentArity.ExactlyOne,
        DefaultValueFactory = _ => "float32",
    };

    private readonly Option<int?>? _threads;

    private DeviceOption(Option<int?>? threads) => _threads = threads;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="threads">Its option for the CPU's threads, if it has one.</param>
    public static DeviceOption AddTo(Command command, Option<int?>? threads = null)
    {
        var option = new DeviceOption(threads);
        option._device.Validators.Add(Check);
        option._precision.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !s_precisions.ContainsKey(token.Value))
                result.AddError($"--precision: expected {string.Join(", ", s_precisions.Keys)}, got '{token.Value}'");
        });
        command.Add(option._device);
        command.Add(option._precision);
        command.Validators.Add(option.CheckTogether);
        return option;
    }

    /// <summary>Makes the backend that was asked for the default one.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="localRank">The number of this process on its machine, which is that of its GPU where none is named.</param>
    /// <param name="defaultThreads">How many threads compute where none are asked for; the backend's own choice when null.</param>
    /// <exception cref="BackendUnavailableException">A GPU was asked for and cannot be used; the message says what was tried.</exception>
    public void Apply(ParseResult arguments, int localRank = 0, int? defaultThreads = null)
    {
        string device = arguments.GetValue(_device)!;
        if (device != Cpu && Open(device, localRank, s_precisions[arguments.GetValue(_precision)!]) is { } cuda)
            Backend.Default = cuda;
        else if ((_threads is null ? null : arguments.GetValue(_threads) ?? defaultThreads) is { } threads)
            Backend.Default = new CpuBackend(threads);
    }

    private static CudaBackend? Open(string device, int localRank, CudaPrecision precision)
    {
        var options = new CudaOptions(precision);
        try
        {
            return new CudaBackend(Number(device) ?? localRank, options);
        }
        catch (BackendUnavailableException) when (device == Auto)
        {
            return null;
        }
    }

    private static int? Number(string device) =>
        device.StartsWith(Cuda + ":", StringComparison.Ordinal)
        && int.TryParse(device.AsSpan(Cuda.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    private static void Check(OptionResult result)
    {
        if (result.Tokens is [var token] && token.Value is not (Cpu or Cuda or Auto) && Number(token.Value) is null)
            result.AddError($"--device: expected cpu, cuda, cuda:N or auto, got '{token.Value}'");
    }

    private void CheckTogether(CommandResult result)
    {
        bool Given(Option option) => result.GetResult(option) is { Implicit: false };
        bool onCpu = result.GetResult(_device) is not { Implicit: false, Tokens: [var token] } || token.Value == Cpu;
        if (onCpu && Given(_precision))
            result.AddError("--precision: is a GPU's; needs --device cuda");
        if (!onCpu && _threads is not null && Given(_threads))
            result.AddError("--threads: are the CPU's; not together with --device");
    }
}

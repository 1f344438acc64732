namespace Numerics.Backends.Cuda;

/// <summary>A kernel for the gradient of a 3×3 convolution's kernel.</summary>
/// <param name="Family">Its file.</param>
/// <param name="Name">Its name.</param>
/// <param name="InTile">Input channels of a block.</param>
/// <param name="OutTile">Output channels of a block.</param>
/// <param name="Threads">Threads of a block.</param>
/// <param name="Block">The tiles that a block takes.</param>
internal sealed record Conv3x3GradientKernel(KernelFamily Family, string Name, int InTile, int OutTile, int Threads, Conv3x3Block Block)
{
    private const int Colours = 3;
    private const int MostChannels = 64;

    // In the order of preference: the widest that divides the channels.
    private static readonly Conv3x3GradientKernel[] s_float32 =
    [
        new(KernelFamily.Conv3x3KernelGradient, "conv3x3_kernel_gradient_colours_16", Colours, 16, 192, new(1, 4, 64, 32, false, 4, 416)),
        new(KernelFamily.Conv3x3KernelGradient, "conv3x3_kernel_gradient_64", 32, 64, 256, new(1, 4, 16, 1, false, 4, 132)),
        new(KernelFamily.Conv3x3KernelGradient, "conv3x3_kernel_gradient_32", 16, 32, 256, new(1, 4, 40, 4, false, 4, 304)),
        new(KernelFamily.Conv3x3KernelGradient, "conv3x3_kernel_gradient_16", 16, 16, 256, new(1, 4, 48, 8, false, 4, 304)),
    ];

    private static readonly Conv3x3GradientKernel[] s_tensorCores =
    [
        new(KernelFamily.TensorConv3x3KernelGradient, "tensor_conv3x3_kernel_gradient_colours_16", Colours, 16, 384, new(1, 8, 48, 12, true, 2, 480)),
        new(KernelFamily.TensorConv3x3KernelGradient, "tensor_conv3x3_kernel_gradient_64", 32, 64, 384, new(1, 8, 10, 1, true, 2, 120)),
        new(KernelFamily.TensorConv3x3KernelGradient, "tensor_conv3x3_kernel_gradient_32", 16, 32, 384, new(1, 8, 20, 4, true, 2, 216)),
        new(KernelFamily.TensorConv3x3KernelGradient, "tensor_conv3x3_kernel_gradient_16", 16, 16, 384, new(1, 8, 20, 4, true, 2, 216)),
    ];

    /// <summary>The name of the one on tensor cores that reads bfloat16, but for colours.</summary>
    public string NarrowName => $"{Name[..^2]}narrow_{OutTile}";

    /// <summary>The kernel for some channels, or null when there is none.</summary>
    public static Conv3x3GradientKernel? Of(bool tensorCores, int inChannels, int outChannels)
    {
        foreach (Conv3x3GradientKernel kernel in tensorCores ? s_tensorCores : s_float32)
        {
            bool fits = kernel.InTile == Colours ? inChannels <= Colours : inChannels <= MostChannels && inChannels % kernel.InTile == 0;
            if (fits && outChannels % kernel.OutTile == 0)
                return kernel;
        }

        return null;
    }
}

using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Convolutions and input gradients by way of <see cref="WinogradConv"/>.</content>
public sealed unsafe partial class CpuBackend
{
    private void ConvolveTiles(float* x, float* kernel, float* bias, in Conv2DGeometry g, bool relu, float* y)
    {
        using var points = new Scratch(_pool, WinogradConv.KernelSize(g.InChannels, g.OutChannels));
        RunTiles(new WinogradWork
        {
            Conv = Tiles(x, kernel, g, points.Pointer),
            Batch = g.Batch,
            Dilation = (g.DilationH, g.DilationW),
            OutHeight = g.OutHeight,
            OutWidth = g.OutWidth,
            Y = y,
            Bias = bias,
            Relu = relu,
        });
    }

    // The gradient of the output, convolved with the kernel turned by half a circle.
    private void InputGradientTiles(float* dy, float* kernel, in Conv2DGeometry g, float* dx)
    {
        using var points = new Scratch(_pool, WinogradConv.KernelSize(g.OutChannels, g.InChannels));
        _team.Run(new WinogradKernelWork(kernel, g.KernelHeight, turned: true, g.OutChannels, g.InChannels, points.Pointer), g.OutChannels);
        RunTiles(new WinogradWork
        {
            Conv = new WinogradConv
            {
                Rows = new WinogradRows(dy, g.OutHeight, g.OutWidth, g.OutChannels, (g.DilationH * (g.KernelHeight - 1)) - g.PadTop, (g.DilationW * (g.KernelWidth - 1)) - g.PadLeft)
                {
                    Outputs = WinogradTransform.OutputsOf(g.KernelHeight),
                    DilationH = g.DilationH,
                    DilationW = g.DilationW,
                },
                Channels = g.OutChannels,
                Kernel = new PackedPanels(points.Pointer, WinogradTransform.Area * g.OutChannels, g.InChannels),
            },
            Batch = g.Batch,
            Dilation = (g.DilationH, g.DilationW),
            OutHeight = g.InHeight,
            OutWidth = g.InWidth,
            Y = dx,
        });
    }

    private void RunTiles(WinogradWork work)
    {
        using var workspaces = new Scratch(_pool, work.WorkspaceSize);
        work.Workspaces = workspaces.Pointer;
        _team.Run(work, work.Shards);
    }

    /// <summary>Transforms the kernel; the input is read where it lies.</summary>
    private WinogradConv Tiles(float* x, float* kernel, in Conv2DGeometry g, float* points)
    {
        _team.Run(new WinogradKernelWork(kernel, g.KernelHeight, turned: false, g.InChannels, g.OutChannels, points), g.InChannels);
        return new WinogradConv
        {
            Rows = new WinogradRows(x, g.InHeight, g.InWidth, g.InChannels, g.PadTop, g.PadLeft)
            {
                Outputs = WinogradTransform.OutputsOf(g.KernelHeight),
                DilationH = g.DilationH,
                DilationW = g.DilationW,
            },
            Channels = g.InChannels,
            Kernel = new PackedPanels(points, WinogradTransform.Area * g.InChannels, g.OutChannels),
        };
    }
}

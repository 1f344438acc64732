using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Convolutions and input gradients by way of <see cref="WinogradConv"/>.</content>
public sealed unsafe partial class CpuBackend
{
    private void ConvolveTiles(float* x, float* kernel, float* bias, in Conv2DGeometry g, bool relu, float* y)
    {
        var work = new WinogradWork
        {
            Conv = TilesOf(x, g, g.InHeight, g.InWidth, g.InChannels, g.OutChannels, g.PadTop, g.PadLeft),
            Batch = g.Batch,
            Dilation = (g.DilationH, g.DilationW),
            OutHeight = g.OutHeight,
            OutWidth = g.OutWidth,
            Y = y,
            Bias = bias,
            Relu = relu,
        };
        RunTiles(work, new WinogradKernelWork(kernel, g.KernelHeight, turned: false, g.InChannels, g.OutChannels));
    }

    // The gradient of the output, convolved with the kernel turned by half a circle.
    private void InputGradientTiles(float* dy, float* kernel, in Conv2DGeometry g, float* dx)
    {
        int top = (g.DilationH * (g.KernelHeight - 1)) - g.PadTop, left = (g.DilationW * (g.KernelWidth - 1)) - g.PadLeft;
        var work = new WinogradWork
        {
            Conv = TilesOf(dy, g, g.OutHeight, g.OutWidth, g.OutChannels, g.InChannels, top, left),
            Batch = g.Batch,
            Dilation = (g.DilationH, g.DilationW),
            OutHeight = g.InHeight,
            OutWidth = g.InWidth,
            Y = dx,
        };
        RunTiles(work, new WinogradKernelWork(kernel, g.KernelHeight, turned: true, g.OutChannels, g.InChannels));
    }

    private void RunTiles(WinogradWork work, WinogradKernelWork kernel)
    {
        int from = work.Conv.Channels, to = work.Conv.Kernel.Columns;
        if (WinogradPanelWork.Fits(from, to, work.TileRowCount * work.TilesOfRow))
        {
            using var tiles = new Scratch(_memory, WinogradInputWork.Size(work));
            nint size = Math.Max(WinogradInputWork.WorkspaceSize(work), WinogradPanelWork.WorkspaceSize(work));
            using var memory = new Scratch(_memory, _team.Threads * size);
            var ofThreads = new Workspaces(memory.Pointer, size);
            var input = new WinogradInputWork(work, tiles.Pointer, ofThreads);
            _team.Run(input, input.Shards);
            var panels = new WinogradPanelWork(work, kernel, tiles.Pointer, ofThreads);
            _team.Run(panels, panels.Shards);
            return;
        }

        using var points = new Scratch(_memory, WinogradConv.KernelSize(from, to));
        using var workspaces = new Scratch(_memory, _team.Threads * work.WorkspaceSize);
        _team.Run(kernel with { Target = points.Pointer }, kernel.Shards);
        work.Conv.Kernel = new PackedPanels(points.Pointer, work.Conv.Kernel.Rows, to);
        work.Workspaces = new Workspaces(workspaces.Pointer, work.WorkspaceSize);
        _team.Run(work, work.Shards);
    }

    /// <summary>A convolution whose kernel is not there yet; the input is read where it lies.</summary>
    private static WinogradConv TilesOf(float* x, in Conv2DGeometry g, int height, int width, int from, int to, int top, int left) => new()
    {
        Rows = new WinogradRows(new Pixels(x), height, width, from, top, left)
        {
            Outputs = WinogradTransform.OutputsOf(g.KernelHeight),
            DilationH = g.DilationH,
            DilationW = g.DilationW,
        },
        Channels = from,
        Kernel = new PackedPanels(null, WinogradTransform.Area * from, to),
    };
}

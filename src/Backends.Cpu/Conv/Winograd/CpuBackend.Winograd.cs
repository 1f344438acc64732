using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Convolutions by way of <see cref="WinogradConv"/>, and their gradients.</content>
public sealed unsafe partial class CpuBackend
{
    private void ConvolveTiles(Pixels x, float* kernel, float* bias, in Conv2DGeometry g, bool relu, float* y)
    {
        int stride = g.StrideH, taps = WinogradConv.TapsOf(g), from = stride * stride * g.GroupInChannels;
        var work = new WinogradWork
        {
            Conv = TilesOf(x, g, g.InHeight, g.InWidth, g.InChannels, g.OutChannels, g.PadTop, g.PadLeft, stride),
            Batch = g.Batch,
            Dilation = (g.DilationH, g.DilationW),
            Stride = 1,
            OutHeight = g.OutHeight,
            OutWidth = g.OutWidth,
            Channels = g.OutChannels,
            Y = y,
            Bias = bias,
            Relu = relu,
        };
        using var sorted = new Scratch(_memory, stride > 1 ? StridedKernelWork.Size(g) : 0);
        if (stride > 1)
            kernel = SortTaps(g, kernel, gradient: false, sorted.Pointer);
        RunTiles(work, new WinogradKernelWork(kernel, taps, turned: false, from, g.GroupOutChannels)
        {
            RowLength = g.OutChannels,
            Kernels = g.Groups,
            NextKernel = g.GroupOutChannels,
        });
    }

    // The gradient of the output, convolved with the kernel turned by half a circle.
    private void InputGradientTiles(float* dy, float* kernel, in Conv2DGeometry g, float* dx)
    {
        int stride = g.StrideH, taps = WinogradConv.TapsOf(g), to = stride * g.GroupInChannels;

        // With strides, tiles start with the first outputs that are inside: see StridedKernelWork.
        int top = (g.DilationH * (taps - 1)) - ((g.PadTop + stride - 1) / stride), left = (g.DilationW * (taps - 1)) - ((g.PadLeft + stride - 1) / stride);
        var work = new WinogradWork
        {
            Conv = TilesOf(new Pixels(dy), g, g.OutHeight, g.OutWidth, g.OutChannels, stride * g.InChannels, top, left, stride: 1),
            Batch = g.Batch,
            Dilation = (g.DilationH, g.DilationW),
            Stride = stride,
            OutHeight = g.InHeight,
            OutWidth = g.InWidth,
            Channels = g.InChannels,
            Y = dx,
        };
        using var sorted = new Scratch(_memory, stride > 1 ? StridedKernelWork.Size(g) : 0);
        if (stride > 1)
        {
            kernel = SortTaps(g, kernel, gradient: true, sorted.Pointer);
            work.Conv.Kernels = stride;
        }

        RunTiles(work, new WinogradKernelWork(kernel, taps, turned: true, g.GroupOutChannels, to)
        {
            RowLength = g.OutChannels,
            Kernels = work.Conv.Kernels,
            NextKernel = stride > 1 ? (nint)taps * taps * to * g.OutChannels : g.GroupOutChannels,
        });
    }

    private void KernelGradientTiles(Pixels x, float* dy, in Conv2DGeometry g, float* dkernel, int size)
    {
        int side = WinogradTransform.OutputsOf(g.KernelHeight), tileRows = WinogradConv.Tiles(g.OutHeight, side, g.DilationH);
        var work = new WinogradGradient
        {
            Input = TilesOf(x, g, g.InHeight, g.InWidth, g.InChannels, g.OutChannels, g.PadTop, g.PadLeft, stride: 1),
            Taps = new WinogradGradientRows(dy, g.OutHeight, g.OutWidth, g.OutChannels, side, g.DilationH, g.DilationW),
            InChannels = g.InChannels,
            OutChannels = g.OutChannels,
            TileRows = tileRows,
            TilesOfRow = WinogradConv.Tiles(g.OutWidth, side, g.DilationW),
            AllRows = g.Batch * g.DilationH * g.DilationW * tileRows,
        };
        work.Room = work.FitsThread ? work.RowsOfThread * work.TilesOfRow : work.TilesOfRun;
        int parts = work.FitsThread ? WinogradGradientRowsWork.ShardsOf(work) : work.Parts;
        using var partials = new Scratch(_memory, parts > 1 ? (long)parts * size : 0);
        float* target = parts > 1 ? partials.Pointer : dkernel;
        if (work.FitsThread)
        {
            using var memory = new Scratch(_memory, _team, WinogradGradientRowsWork.WorkspaceSize(work));
            _team.Run(new WinogradGradientRowsWork(work, target, memory.Workspaces), parts);
        }
        else
        {
            RunGradient(work, parts, target);
        }

        if (parts > 1)
            AddPartials(new PartialSum(partials.Pointer, parts, size, dkernel));
    }

    private void RunGradient(WinogradGradient work, int parts, float* target)
    {
        using var input = new Scratch(_memory, work.InputSize);
        using var taps = new Scratch(_memory, work.TapSize);
        using var memory = new Scratch(_memory, _team, Math.Max(work.TransformSize, WinogradGradient.ProductsSize));
        work.InputPoints = input.Pointer;
        work.TapPoints = taps.Pointer;
        for (int row = 0, rows; row < work.AllRows; row += rows)
        {
            rows = Math.Min(work.RowsOfRun, work.AllRows - row);
            var tiles = new WinogradGradientTilesWork(work, row, rows, memory.Workspaces);
            _team.Run(tiles, tiles.Shards);
            var products = new WinogradGradientWork(work, rows * work.TilesOfRow, parts, target, accumulate: row > 0, memory.Workspaces);
            _team.Run(products, products.Shards);
        }
    }

    private float* SortTaps(in Conv2DGeometry g, float* kernel, bool gradient, float* target)
    {
        var work = new StridedKernelWork(g, kernel, gradient, target);
        _team.Run(work, work.Shards);
        return target;
    }

    private void RunTiles(WinogradWork work, WinogradKernelWork kernel)
    {
        int from = work.Conv.Kernel.Rows / WinogradTransform.Area, to = work.Conv.Kernel.Columns;
        if (work.Conv.Kernels == 1 && WinogradPanelWork.Fits(from, to, work.TileRowCount * work.TilesOfRow))
        {
            using var tiles = new Scratch(_memory, WinogradInputWork.Size(work));
            nint size = Math.Max(WinogradInputWork.WorkspaceSize(work), WinogradPanelWork.WorkspaceSize(work));
            using var memory = new Scratch(_memory, _team, size);
            var input = new WinogradInputWork(work, tiles.Pointer, memory.Workspaces);
            _team.Run(input, input.Shards);
            var panels = new WinogradPanelWork(work, kernel, tiles.Pointer, memory.Workspaces);
            _team.Run(panels, panels.Shards);
            return;
        }

        using var points = new Scratch(_memory, work.Conv.Kernels * WinogradConv.KernelSize(from, to));
        using var workspaces = new Scratch(_memory, _team, work.WorkspaceSize);
        _team.Run(kernel with { Target = points.Pointer }, kernel.Shards);
        work.Conv.Kernel = new PackedPanels(points.Pointer, work.Conv.Kernel.Rows, to);
        work.Workspaces = workspaces.Workspaces;
        _team.Run(work, work.Shards);
    }

    /// <summary>A convolution whose kernel is not there yet; the input is read where it lies.</summary>
    private static WinogradConv TilesOf(
        Pixels x, in Conv2DGeometry g, int height, int width, int from, int to, int top, int left, int stride) => new()
        {
            Rows = new WinogradRows(x, height, width, from, top, left)
            {
                Outputs = WinogradTransform.OutputsOf(WinogradConv.TapsOf(g)),
                DilationH = g.DilationH,
                DilationW = g.DilationW,
                Stride = stride,
            },
            Channels = stride * stride * from,
            Groups = g.Groups,
            Kernels = g.Groups,
            Kernel = new PackedPanels(null, WinogradTransform.Area * (stride * stride * from / g.Groups), to / g.Groups),
        };
}

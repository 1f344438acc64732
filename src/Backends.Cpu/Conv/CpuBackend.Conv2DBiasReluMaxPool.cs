using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Convolution, bias, ReLU and max-pooling in one pass, and the gradient of all of it from the places that won.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Conv2DBiasReluMaxPool(
        Tensor x, Tensor kernel, Tensor bias, in Conv2DGeometry conv, in Pool2DGeometry pool, Tensor y, Tensor argMax)
    {
        if (!ConvPoolWork.Fits(pool) || DepthwiseWork.Fits(conv))
        {
            base.Conv2DBiasReluMaxPool(x, kernel, bias, conv, pool, y, argMax);
            return;
        }

        var epilogue = new PoolBlock(Pointer<float>(bias), Pointer<float>(y), Pointer<byte>(argMax), conv.OutChannels);
        if (ColourPoolWork.Fits(conv, pool))
        {
            using var points = new Scratch(_memory, ColourPoolWork.KernelSize(conv));
            using var scratch = new Scratch(_memory, _team, ColourPoolWork.WorkspaceSize(conv));
            ColourPoolWork.TransformKernel(conv, Pointer<float>(kernel), points.Pointer);
            var rows = new WinogradRows(PixelsOf(x), conv.InHeight, conv.InWidth, conv.InChannels, conv.PadTop, conv.PadLeft);
            var work = new ColourPoolWork(
                rows, conv, pool, points.Pointer, Pointer<float>(bias), Pointer<float>(y), Pointer<byte>(argMax), scratch.Workspaces);
            _team.Run(work, work.Shards);
        }
        else if (WinogradConv.FitsPooled(conv))
        {
            using var points = new Scratch(_memory, WinogradConv.KernelSize(conv.InChannels, conv.OutChannels));
            WinogradConv tiles = TilesOf(PixelsOf(x), conv, conv.InHeight, conv.InWidth, conv.InChannels, conv.OutChannels, conv.PadTop, conv.PadLeft, stride: 1);
            var turn = new WinogradKernelWork(Pointer<float>(kernel), conv.KernelHeight, turned: false, conv.InChannels, conv.OutChannels) { Target = points.Pointer };
            _team.Run(turn, turn.Shards);
            tiles.Kernel = new PackedPanels(points.Pointer, tiles.Kernel.Rows, conv.OutChannels);
            var work = new WinogradPoolWork(tiles, pool, epilogue);
            using var scratch = new Scratch(_memory, _team, work.WorkspaceSize);
            work.Workspaces = scratch.Workspaces;
            _team.Run(work, work.Shards);
        }
        else
        {
            using var scratch = new ConvScratch(_memory, conv);
            ConvWork rows = Prepare(PixelsOf(x), Pointer<float>(kernel), conv, scratch);
            using var bands = new Scratch(_memory, _team, ConvPoolWork.WorkspaceSize(rows));
            var work = new ConvPoolWork(rows, pool, epilogue, bands.Workspaces);
            _team.Run(work, work.Shards);
        }

        GC.KeepAlive(x);
        GC.KeepAlive(kernel);
        GC.KeepAlive(bias);
        GC.KeepAlive(y);
        GC.KeepAlive(argMax);
    }

    /// <inheritdoc/>
    public override void Conv2DBiasReluMaxPoolGradient(
        Tensor x, Tensor kernel, Tensor y, Tensor argMax, Tensor dy, in Conv2DGeometry conv, in Pool2DGeometry pool, Tensor? dx, Tensor dkernel, Tensor dbias)
    {
        if (!ConvPoolWork.Fits(pool) || !SparseConvGradient.Fits(conv) || conv.Batch == 0)
        {
            base.Conv2DBiasReluMaxPoolGradient(x, kernel, y, argMax, dy, conv, pool, dx, dkernel, dbias);
            return;
        }

        int channels = conv.OutChannels, patch = SparseConvGradient.PatchSize(conv);
        int bands = SparseConvGradient.BandsOf(pool);
        var work = new SparseConvGradient
        {
            X = PaddedImages.InputOf(conv, PixelsOf(x)),
            Conv = conv,
            Pool = pool,
            Y = Pointer<float>(y),
            ArgMax = Pointer<byte>(argMax),
            Dy = Pointer<float>(dy),
            Dx = dx is null ? null : Pointer<float>(dx),
            Shards = SparseConvGradient.ShardsOf(conv, bands),
            Bands = bands,
        };
        long size = (long)channels * patch;
        using var transposed = new Scratch(_memory, size);
        using var partials = new Scratch(_memory, work.Shards * (size + channels));
        work.Kernel = transposed.Pointer;
        work.Partials = partials.Pointer;
        using var scratch = new Scratch(_memory, _team, work.WorkspaceSize);
        work.Workspaces = scratch.Workspaces;
        using var halos = new Scratch(_memory, bands > 1 && dx is not null ? (long)conv.Batch * bands * work.HaloSize : 0);
        work.Halos = halos.Pointer;
        if (dx is not null && SparseConvGradient.TakesWindows(conv))
        {
            var slices = new SliceKernelWork(Pointer<float>(kernel), conv, SparseConvGradient.ChannelsOfWindows, transposed.Pointer);
            _team.Run(slices, slices.Shards);
        }
        else if (dx is not null)
        {
            var turn = new TransposeWork(Pointer<float>(kernel), patch, channels, transposed.Pointer);
            _team.Run(turn, turn.Shards);
        }

        _team.Run(work, work.Shards);
        if (bands > 1 && dx is not null)
            _team.Run(new SparseHaloWork(work), conv.Batch);
        AddPartials(new PartialSum(partials.Pointer, work.Shards, size, transposed.Pointer));
        var turnBack = new TransposeWork(transposed.Pointer, channels, patch, Pointer<float>(dkernel));
        _team.Run(turnBack, turnBack.Shards);
        AddPartials(new PartialSum(partials.Pointer + (work.Shards * size), work.Shards, channels, Pointer<float>(dbias)));
        GC.KeepAlive(x);
        GC.KeepAlive(kernel);
        GC.KeepAlive(y);
        GC.KeepAlive(argMax);
        GC.KeepAlive(dy);
        GC.KeepAlive(dx);
        GC.KeepAlive(dkernel);
        GC.KeepAlive(dbias);
    }
}

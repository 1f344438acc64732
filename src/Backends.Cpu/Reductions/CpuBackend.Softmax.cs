using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Softmax over rows.</content>
public sealed unsafe partial class CpuBackend
{
    private enum SoftmaxOp
    {
        Forward,
        Gradient,
        LogForward,
        LogGradient,
    }

    /// <inheritdoc/>
    public override void Softmax(Tensor x, Tensor y) => Rows(SoftmaxOp.Forward, x, x, y);

    /// <inheritdoc/>
    public override void SoftmaxGradient(Tensor y, Tensor dy, Tensor dx) => Rows(SoftmaxOp.Gradient, y, dy, dx);

    /// <inheritdoc/>
    public override void LogSoftmax(Tensor x, Tensor y) => Rows(SoftmaxOp.LogForward, x, x, y);

    /// <inheritdoc/>
    public override void LogSoftmaxGradient(Tensor y, Tensor dy, Tensor dx) => Rows(SoftmaxOp.LogGradient, y, dy, dx);

    private void Rows(SoftmaxOp op, Tensor a, Tensor b, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(y);
        int rows = y.Shape[0], n = y.Shape[1];
        if (y.Count > 0)
        {
            int perShard = Math.Max(1, Shards.Size / n);
            _team.Run(new SoftmaxWork(op, Pointer<float>(a), Pointer<float>(b), Pointer<float>(y), rows, n, perShard), ((rows - 1) / perShard) + 1);
        }

        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(y);
    }

    private readonly struct SoftmaxWork(SoftmaxOp op, float* a, float* b, float* y, int rows, int n, int perShard) : IShardedWork
    {
        public void Run(int shard)
        {
            for (int row = shard * perShard; row < Math.Min((shard + 1) * perShard, rows); row++)
            {
                long at = (long)row * n;
                var first = new ReadOnlySpan<float>(a + at, n);
                var second = new ReadOnlySpan<float>(b + at, n);
                var result = new Span<float>(y + at, n);
                switch (op)
                {
                    case SoftmaxOp.Forward:
                        TensorPrimitives.Subtract(first, TensorPrimitives.Max(first), result);
                        TensorPrimitives.Exp(result, result);
                        TensorPrimitives.Divide(result, TensorPrimitives.Sum(result), result);
                        break;
                    case SoftmaxOp.Gradient:
                        TensorPrimitives.Subtract(second, TensorPrimitives.Dot(first, second), result);
                        TensorPrimitives.Multiply(result, first, result);
                        break;
                    case SoftmaxOp.LogForward:
                        float max = TensorPrimitives.Max(first);
                        TensorPrimitives.Subtract(first, max, result);
                        TensorPrimitives.Exp(result, result);
                        float log = MathF.Log(TensorPrimitives.Sum(result));
                        TensorPrimitives.Subtract(first, max, result);
                        TensorPrimitives.Subtract(result, log, result);
                        break;
                    default:
                        float sum = TensorPrimitives.Sum(second);
                        TensorPrimitives.Exp(first, result);
                        TensorPrimitives.Multiply(result, -sum, result);
                        TensorPrimitives.Add(result, second, result);
                        break;
                }
            }
        }
    }
}

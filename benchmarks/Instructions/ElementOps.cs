using Numerics.Backends.Cuda;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Instructions;

/// <summary>Ops that have no rows: functions, moves, conversions, pooling, reductions to places, focal terms of yes and no, optimizers, random numbers.</summary>
internal static class ElementOps
{
    private const int Rows = 1024, Columns = 64, Elements = Rows * Columns;

    public static void Count(string wanted, CudaPrecision precision)
    {
        using var table = new CountTable(wanted, precision);
        using var scope = new TensorScope();
        string input = $"[{Rows}, {Columns}] {precision}";
        double size = precision == CudaPrecision.BFloat16 ? 2 : 4;
        Tensor x = table.Stored(Rows, Columns, 1), z = table.Stored(Rows, Columns, 2), y = table.Empty(Rows, Columns), dy = table.Stored(Rows, Columns, 3);
        foreach (UnaryKind kind in Enum.GetValues<UnaryKind>())
        {
            // Memory of their own: what was rounded there before would be widened.
            var op = new UnaryOp(kind, 0.5f, 0.75f);
            Tensor of = table.Empty(Rows, Columns), slope = table.Empty(Rows, Columns);
            table.Count($"{kind}", input, size + (GivesSinglePrecision(kind) ? 4 : size), Elements, b => b.Unary(op, x, of));
            table.Count($"{kind} gradient", input, GradientOperands(kind) * size, Elements, b => b.UnaryGradient(op, x, z, dy, slope));
        }

        Tensor one = table.Uniform(1, 1, 4);
        table.Count("product with a number", input, 2 * size, Elements, b => b.Binary(BinaryOp.Multiply, x, one.Reshape(1), y));
        table.Count("power", input, 3 * size, Elements, b => b.Binary(BinaryOp.Power, x, z, y));
        CountMoves(table, input, size, x);
        CountPooling(table, size, precision);
        if (precision == CudaPrecision.Float32)
            CountWide(table, input, x, y, z);
    }

    // Of rounded numbers, too.
    private static bool GivesSinglePrecision(UnaryKind kind) => kind is UnaryKind.Power or UnaryKind.Exp or UnaryKind.Expm1 or UnaryKind.Log or UnaryKind.Log1p
        or UnaryKind.Sqrt or UnaryKind.Rsqrt or UnaryKind.Square or UnaryKind.Reciprocal or UnaryKind.Sigmoid;

    // What the formula of a slope takes, and its result.
    private static int GradientOperands(UnaryKind kind) => kind switch
    {
        UnaryKind.Affine => 2,
        UnaryKind.Sign => 1,
        UnaryKind.Rsqrt => 4,
        _ => 3,
    };

    private static void CountMoves(CountTable table, string input, double size, Tensor x)
    {
        Tensor cube = x.Reshape(16, 64, Columns), half = table.Empty(16 * 32, Columns).Reshape(16, 32, Columns), result = table.Empty(Rows, Columns);
        Tensor indices = (table.Uniform(32, 1, 5) * 64f).Reshape(32).Cast(DType.Int32), halfOfRows = table.Stored(16 * 32, Columns, 6).Reshape(16, 32, Columns);
        table.Count("transpose", input, 2 * size, Elements, b => b.Transpose(x, [1, 0], result.Reshape(Columns, Rows)));
        table.Count("transpose of outer axes", input, 2 * size, Elements, b => b.Transpose(cube, [1, 0, 2], result.Reshape(64, 16, Columns)));
        table.Count("slice", input, 2 * size, Elements / 2, b => b.Slice(cube, 7, half));
        table.Count("insert", input, 2 * size, Elements / 2, b => b.InsertSlice(halfOfRows, 7, Tensor.Empty(b, cube.Shape)));
        table.Count("gather", input, 2 * size, Elements / 2, b => b.Gather(cube, indices, half));
        table.Count("broadcast of rows", input, size, Elements, b => b.Broadcast(x.Reshape(16, 1, 64, Columns).Slice(2, 0, 1), result.Reshape(16, 64, 1, Columns)));
    }

    private static void CountPooling(CountTable table, double size, CudaPrecision precision)
    {
        foreach ((int window, int stride) in new[] { (2, 2), (3, 2), (3, 1) })
        {
            string input = $"{window}x{window} / {stride} {precision}";
            var pool = new Pool2DGeometry((1, 32, 32, Columns), (window, window), (stride, stride), Padding.Same);
            double outputs = (double)pool.OutputShape.Size / Elements;
            Tensor pictures = table.Stored(Rows, Columns, 7).Reshape(1, 32, 32, Columns), result = table.Empty(Rows, Columns).Reshape(pictures.Shape);
            Tensor outer = table.Stored(pool.OutHeight * pool.OutWidth, Columns, 8).Reshape(pool.OutputShape), pooled = table.Empty(pool.OutHeight * pool.OutWidth, Columns).Reshape(pool.OutputShape);
            Tensor places = Tensor.Empty(pictures.Backend, pool.OutputShape, DType.UInt8);
            table.Count("max-pooling", input, size + (outputs * (size + 1)), Elements, b => b.MaxPool2D(pictures, pool, pooled, places));
            table.Count("max-pooling gradient", input, size + (outputs * (size + 1)), Elements, b => b.MaxPool2DGradient(outer, places, pool, result));
            table.Count("average pooling", input, size + (outputs * size), Elements, b => b.AveragePool2D(pictures, pool, pooled));
            table.Count("average pooling gradient", input, size + (outputs * size), Elements, b => b.AveragePool2DGradient(outer, pool, result));
        }
    }

    private static void CountWide(CountTable table, string input, Tensor x, Tensor y, Tensor z)
    {
        foreach (DType from in new[] { DType.Float32, DType.UInt8, DType.UNorm8, DType.Int32 })
        {
            Tensor source = x.Cast(from);
            foreach (DType to in new[] { DType.Float32, DType.UInt8, DType.UNorm8, DType.Int32 }.Where(to => to != from))
            {
                Tensor target = Tensor.Empty(x.Backend, x.Shape, to);
                table.Count($"{from} to {to}", input, from.Size() + to.Size(), Elements, b => b.Cast(source, target));
            }
        }

        Tensor bytes = x.Cast(DType.UInt8).Reshape(64, 1, Elements / 64), indices = (table.Uniform(32, 1, 5) * 64f).Reshape(32).Cast(DType.Int32);
        table.Count("gather of bytes", input, 2, Elements / 2, b => b.Gather(bytes.Reshape(1, 64, Elements / 64), indices, Tensor.Empty(b, (1, 32, Elements / 64), DType.UInt8)));
        Tensor targets = (table.Uniform(Rows, 1, 6) * 256f).Reshape(Rows).Cast(DType.Int32), sums = Tensor.Zeros((1, 256, Columns), x.Backend), classes = (table.Uniform(Rows, 1, 7) * 64f).Reshape(Rows).Cast(DType.Int32);
        table.Count("scatter", input, 6, Elements, b => b.ScatterAdd(x.Reshape(1, Rows, Columns), targets, sums));
        table.Count("one-hot", input, 4, Elements, b => b.OneHot(classes, y));
        table.Count("place of the greatest of a row", input, 4, Elements, b => b.ArgMax(x.Reshape(Rows, Columns, 1), Tensor.Empty(b, (Rows, 1), DType.Int32)));
        table.Count("place of the greatest of a column", input, 4, Elements, b => b.ArgMax(x.Reshape(1, Rows, Columns), Tensor.Empty(b, (1, Columns), DType.Int32)));
        table.Count("greatest of a row", input, 4, Elements, b => b.Reduce(ReduceOp.Max, x.Reshape(Rows, Columns, 1), Tensor.Empty(b, (Rows, 1))));
        table.Count("greatest of a column", input, 4, Elements, b => b.Reduce(ReduceOp.Max, x.Reshape(1, Rows, Columns), Tensor.Empty(b, (1, Columns))));
        table.Count("select", input, 16, Elements, b => b.Select(x, z, x, y));
        Tensor labels = x > 0.5f;
        foreach (BinaryFocalTerm term in new[] { new BinaryFocalTerm(2, 2), new BinaryFocalTerm(1, 4, Margin: 0.05f) })
        {
            string name = term.Margin == 0 ? "binary focal" : "asymmetric";
            table.Count(name, input, 12, Elements, b => b.BinaryFocal(labels, z, term, 1e-7f, y));
            table.Count(name + " gradient", input, 16, Elements, b => b.BinaryFocalGradient(labels, z, term, 1e-7f, x, y));
            table.Count("sigmoid " + name, input, 12, Elements, b => b.SigmoidBinaryFocal(labels, z, term, y));
            table.Count("sigmoid " + name + " gradient", input, 16, Elements, b => b.SigmoidBinaryFocalGradient(labels, z, term, x, y));
        }

        Tensor w = table.Uniform(Rows, Columns, 9), state = table.Uniform(Rows, Columns, 10), other = table.Uniform(Rows, Columns, 11);
        table.Count("sgd", input, 12, Elements, b => b.SgdUpdate(w, x, null, new SgdStep(0.1f, 0, false)));
        table.Count("sgd with momentum", input, 20, Elements, b => b.SgdUpdate(w, x, state, new SgdStep(0.1f, 0.9f, true)));
        table.Count("adam", input, 28, Elements, b => b.AdamUpdate(w, x, state, other, new AdamStep(0.1f, 0.9f, 0.999f, 1e-7f, 0)));
        table.Count("rmsprop", input, 20, Elements, b => b.RmspropUpdate(w, x, state, null, new RmspropStep(0.1f, 0.9f, 0, 1e-7f)));
        table.Count("rmsprop with momentum", input, 28, Elements, b => b.RmspropUpdate(w, x, state, other, new RmspropStep(0.1f, 0.9f, 0.5f, 1e-7f)));
        table.Count("lion", input, 20, Elements, b => b.LionUpdate(w, x, state, new LionStep(0.1f, 0.9f, 0.99f, 0)));
        table.Count("uniform numbers", input, 4, Elements, b => b.RandomUniform(new RandomKey(1, 1), 0, 1, y));
        table.Count("normal numbers", input, 4, Elements, b => b.RandomNormal(new RandomKey(1, 1), 0, 1, y));
        Tensor pictures = x.Reshape(1, 32, 32, Columns), transform = Tensor.From((1, 6), [0.9f, 0.1f, 0.5f, -0.1f, 0.9f, 0.5f], x.Backend);
        var geometry = new AffineGeometry(pictures.Shape, 32, 32, SampleInterpolation.Bilinear, FillMode.Reflect, 0);
        table.Count("affine sample", input, 8, Elements, b => b.AffineSample(pictures, transform, geometry, y.Reshape(pictures.Shape)));
    }
}

using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <summary>Random cases of each kind of op.</summary>
internal static class FuzzOps
{
    // Products that the reference, which is slow, makes for a case's forward pass.
    private const long MostProducts = 400_000;

    private const string Lion = "lion";

    // Functions and sums of them: four times what is allowed on chosen inputs, where an error of indices is still seen for certain.
    private const double Loose = 4 * Tolerances.Composite;

    /// <summary>The kinds.</summary>
    public static readonly Dictionary<string, Func<FuzzShapes, FuzzCase>> Kinds = new()
    {
        ["convolution"] = Convolution,
        ["depthwise convolution"] = Depthwise,
        ["grouped convolution"] = Grouped,
        ["convolution of bytes"] = OfBytes,
        ["convolution and pooling"] = Pooled,
        ["convolution over few pixels"] = FewPixels,
        ["transposed convolution"] = Transposed,
        ["matrix product"] = Product,
        ["dense"] = Dense,
        ["pooling"] = Pooling,
        ["affine sampling"] = Sampling,
        ["reduction"] = Reduction,
        ["broadcast"] = Broadcast,
        ["comparison"] = Comparison,
        ["movement"] = Movement,
        ["rows"] = Rows,
        ["focal loss"] = Focal,
        ["normalisation"] = Normalisation,
        ["optimizer"] = Optimizer,
        ["optimizer and product"] = ProductOptimizer,
        ["function"] = Function,
        ["random numbers"] = RandomNumbers,
    };

    private static FuzzCase Convolution(FuzzShapes s)
    {
        while (true)
        {
            int kernelH = s.Of(1, 2, 3, 3, 3, 5, 5, 7), kernelW = s.Flip(0.8) ? kernelH : s.Between(1, 6);
            (int, int) dilation = s.Flip(0.7) ? (1, 1) : (s.Between(1, 4), s.Between(1, 4));
            (int, int) strides = s.Flip(0.6) ? (1, 1) : (s.Between(1, 3), s.Between(1, 3));
            if (Convolution(s, kernelH, kernelW, strides, dilation, s.Size(200), s.Size(200), 1) is { } made)
                return made;
        }
    }

    private static FuzzCase Depthwise(FuzzShapes s)
    {
        while (true)
        {
            int kernel = s.Of(1, 2, 3, 3, 5, 5, 7), channels = s.Size(80) + 1, stride = s.Of(1, 1, 2, 2, 3);
            int width = s.Flip(0.8) ? kernel : s.Between(1, 7);
            (int, int) dilation = s.Flip(0.8) ? (1, 1) : (s.Between(1, 3), s.Between(1, 3));
            if (Convolution(s, kernel, width, s.Flip(0.8) ? (stride, stride) : (s.Between(1, 3), stride), dilation, channels, channels, channels) is { } made)
                return made;
        }
    }

    private static FuzzCase Grouped(FuzzShapes s)
    {
        while (true)
        {
            int groups = s.Between(2, 20), kernel = s.Of(1, 3, 3, 5), from = groups * s.Between(1, s.Of(4, 16, 20)), to = groups * s.Between(1, s.Of(4, 16, 20));
            (int, int) strides = s.Flip(0.6) ? (1, 1) : (s.Between(1, 3), s.Between(1, 3)), dilation = s.Flip(0.8) ? (1, 1) : (s.Between(1, 2), s.Between(1, 2));
            if (Convolution(s, kernel, s.Flip(0.8) ? kernel : s.Between(1, 4), strides, dilation, from, to, groups) is { } made)
                return made;
        }
    }

    private static FuzzCase FewPixels(FuzzShapes s)
    {
        while (true)
        {
            int kernel = s.Of(1, 3, 3, 5), from = s.Between(Math.Max(16, 1024 / (kernel * kernel)), 1100 / kernel);
            (int, int) strides = s.Flip(0.7) ? (1, 1) : (s.Between(1, 2), s.Between(1, 2));
            if (Convolution(s, kernel, kernel, strides, s.Flip(0.8) ? (1, 1) : (2, 1), from, s.Size(70), 1, 40 * MostProducts / 10) is { } made)
                return made;
        }
    }

    private static FuzzCase Transposed(FuzzShapes s)
    {
        while (true)
        {
            Shape kernel = (s.Of(1, 2, 3, 3, 4, 5), s.Of(1, 2, 3, 3, 4, 5), s.Size(40), s.Size(60));
            (int, int) strides = (s.Between(1, 3), s.Between(1, 3)), dilation = s.Flip(0.8) ? (1, 1) : (s.Between(1, 3), s.Between(1, 3));
            Padding padding = s.Of(Padding.Same, Padding.Valid);
            Shape output = (s.Of(1, 1, 2, 3, s.Between(1, 9)), ((kernel[0] - 1) * dilation.Item1) + s.Size(40), ((kernel[1] - 1) * dilation.Item2) + s.Size(40), kernel[2]);
            var geometry = new Conv2DGeometry(output, kernel, strides, padding, dilation, 1);
            if ((long)geometry.OutputShape.Size * kernel.Size / kernel[3] > MostProducts)
                continue;
            return FuzzCase.WithGradients(
                $"conv2d transpose {geometry.OutputShape} {kernel} to {output} strides {strides} {padding} dilation {dilation}",
                FuzzCase.Whole,
                i => i.Integers(geometry.OutputShape).Conv2DTranspose(i.Integers(kernel), output[1], output[2], strides, padding, dilation));
        }
    }

    // Null if the reference would take too long.
    private static FuzzCase? Convolution(
        FuzzShapes s, int kernelH, int kernelW, (int H, int W) strides, (int H, int W) dilation, int from, int to, int groups, long most = MostProducts)
    {
        Shape kernel = (kernelH, kernelW, from / groups, to);
        int height = ((kernelH - 1) * dilation.H) + s.Size(40), width = ((kernelW - 1) * dilation.W) + s.Size(60);
        Padding padding = s.Of(Padding.Same, Padding.Valid);
        if (padding == Padding.Same && s.Flip(0.2))
            (height, width) = (s.Between(1, 4), s.Between(1, 9));
        Shape input = (s.Of(1, 1, 2, 3, s.Between(1, 20)), height, width, from);
        var geometry = new Conv2DGeometry(input, kernel, strides, padding, dilation, groups);
        if ((long)geometry.OutputShape.Size * kernel.Size / to > most)
            return null;
        bool relu = s.Flip(), bias = relu || s.Flip();
        return FuzzCase.WithGradients(
            $"conv2d {input} {kernel} strides {strides} {padding} dilation {dilation} groups {groups} bias {bias} relu {relu}",
            FuzzCase.Whole,
            i => i.Integers(input).Conv2D(i.Integers(kernel), bias ? i.Integers(to) + 0.5f : null, strides, padding, dilation, groups, relu));
    }

    private static FuzzCase OfBytes(FuzzShapes s)
    {
        DType type = s.Of(DType.UInt8, DType.UNorm8);
        Shape input = (s.Between(1, 4), s.Between(7, 40), s.Between(7, 60), s.Of(1, 3, 3, 4, s.Between(1, 9)));
        Shape kernel = (s.Between(1, 5), s.Between(1, 5), input[3], s.Size(20));
        (int, int) strides = s.Flip() ? (1, 1) : (s.Between(1, 3), s.Between(1, 3));
        Padding padding = s.Of(Padding.Same, Padding.Valid);
        bool relu = s.Flip();
        return FuzzCase.WithGradients(
            $"conv2d of {type} {input} {kernel} strides {strides} {padding} relu {relu}",
            Loose,
            i => relu
                ? i.Bytes(type, input).Conv2DReluMaxPool(i.Uniform(0.1f, 1, kernel), i.Uniform(0.1f, 1, kernel[3]), strides, padding, (1, 1), 1, (1, 1), (1, 1), Padding.Valid)
                : i.Bytes(type, input).Conv2D(i.Normal(kernel), i.Normal(kernel[3]), strides, padding));
    }

    // Multiples of a half that differ: ties are decided by place alike on every backend where sums are exact, which the transforms' are
    // not. So the choices are made by the backend itself, and the reference's gradient starts from them.
    private static FuzzCase Pooled(FuzzShapes s)
    {
        while (true)
        {
            int kernelH = s.Of(1, 3, 3, 3, 5), kernelW = s.Flip(0.8) ? kernelH : s.Between(1, 15), from = s.Of(1, 2, 3, 3, 4, s.Size(70)), to = s.Of(8, 16, 32, s.Size(70));
            Shape input = (s.Of(1, 1, 2, 3, s.Between(1, 20)), kernelH + s.Size(40), kernelW + s.Size(60), from), kernel = (kernelH, kernelW, from, to);
            Padding padding = s.Of(Padding.Same, Padding.Valid);
            var conv = new Conv2DGeometry(input, kernel, (1, 1), padding, (1, 1), 1);
            (int, int) window = s.Flip(0.8) ? (2, 2) : (s.Between(1, 3), s.Between(1, 3));
            if ((long)conv.OutputShape.Size * kernel.Size / to > MostProducts || conv.OutHeight < window.Item1 || conv.OutWidth < window.Item2)
                continue;
            var pool = new Pool2DGeometry(conv.OutputShape, window, window, Padding.Valid);
            return new FuzzCase($"conv2d relu maxpool {input} {kernel} {padding} window {window}", FuzzCase.Whole, i =>
            {
                Tensor x = i.Integers(input), weights = i.Integers(kernel), bias = i.Integers(to) + 0.5f;
                Tensor y = Tensor.Empty(i.Backend, pool.OutputShape), argMax = Tensor.Empty(i.Backend, pool.OutputShape, pool.ArgMaxType);
                i.Backend.Conv2DBiasReluMaxPool(x, weights, bias, conv, pool, y, argMax);

                // Any choice serves the gradient, as long as both backends have the same one.
                Tensor chosen = i.Choices(window.Item1 * window.Item2, pool.ArgMaxType, pool.OutputShape), on = i.Integers(pool.OutputShape), dy = i.Integers(pool.OutputShape);
                Tensor dx = Tensor.Full(input, float.NaN, i.Backend), dkernel = Tensor.Full(kernel, float.NaN, i.Backend), dbias = Tensor.Full(to, float.NaN, i.Backend);
                i.Backend.Conv2DBiasReluMaxPoolGradient(x, weights, on, chosen, dy, conv, pool, dx, dkernel, dbias);
                Tensor first = Tensor.Full(kernel, float.NaN, i.Backend), firstBias = Tensor.Full(to, float.NaN, i.Backend);
                i.Backend.Conv2DBiasReluMaxPoolGradient(x, weights, on, chosen, dy, conv, pool, null, first, firstBias);
                return [y, dx, dkernel, dbias, first, firstBias];
            });
        }
    }

    private static FuzzCase Product(FuzzShapes s)
    {
        int k = s.Flip(0.1) ? s.Between(500, 3000) : s.Size(400), batch = s.Of(0, 0, 0, s.Between(1, 4));
        int m = s.Size((int)Math.Min(300, Math.Max(1, MostProducts / k))), n = s.Size((int)Math.Min(700, Math.Max(1, MostProducts / k / m / Math.Max(batch, 1))));
        bool turnA = s.Flip(), turnB = s.Flip();
        (int, int) a = turnA ? (k, m) : (m, k), b = turnB ? (n, k) : (k, n);
        Shape shapeA = batch == 0 ? a : (batch, a.Item1, a.Item2), shapeB = batch == 0 ? b : (batch, b.Item1, b.Item2);
        return FuzzCase.WithGradients($"matmul {shapeA} {turnA} {shapeB} {turnB}", FuzzCase.Whole, i => i.Integers(shapeA).MatMul(i.Integers(shapeB), turnA, turnB));
    }

    private static FuzzCase Dense(FuzzShapes s)
    {
        int rows = s.Flip(0.7) ? s.Between(1, 40) : s.Size(200), from = s.Flip(0.3) ? s.Between(400, 4000) : s.Size(300);
        int to = s.Size((int)Math.Min(600, Math.Max(1, MostProducts / rows / from)));
        bool relu = s.Flip();
        return FuzzCase.WithGradients(
            $"dense [{rows}, {from}] to {to} relu {relu}", FuzzCase.Whole, i => i.Integers(rows, from).Dense(i.Integers(from, to), i.Integers(to) + 0.5f, relu));
    }

    private static FuzzCase Pooling(FuzzShapes s)
    {
        (int H, int W) window = (s.Between(1, 4), s.Between(1, 4)), strides = s.Flip() ? window : (s.Between(1, 3), s.Between(1, 3));
        Padding padding = s.Of(Padding.Same, Padding.Valid);
        Shape input = (s.Between(1, 3), window.H - 1 + s.Size(40), window.W - 1 + s.Size(40), s.Size(40));
        return s.Flip()
            ? FuzzCase.WithGradients($"max pool {input} {window} {strides} {padding}", FuzzCase.Whole, i => i.Integers(input).MaxPool2D(window, strides, padding))
            : FuzzCase.WithGradients($"average pool {input} {window} {strides} {padding}", Loose, i => i.Integers(input).AveragePool2D(window, strides, padding));
    }

    // Eighths: coordinates are exact, so that every backend sees the same pixels around.
    private static FuzzCase Sampling(FuzzShapes s)
    {
        Shape input = (s.Between(1, 3), s.Size(30), s.Size(30), s.Size(20));
        (int, int)? size = s.Flip() ? null : (s.Size(30), s.Size(30));
        SampleInterpolation interpolation = s.Of(SampleInterpolation.Bilinear, SampleInterpolation.Nearest);
        FillMode fill = s.Of(FillMode.Constant, FillMode.Nearest, FillMode.Reflect, FillMode.Wrap);
        float value = s.Of(0, -0.75f);
        float[] transforms = [.. Enumerable.Range(0, 6 * input[0]).Select(k => k % 3 == 2 ? s.Between(-200, 200) / 8f : s.Between(-20, 20) / 8f)];
        return FuzzCase.WithGradients(
            $"affine sample {input} {size} {interpolation} {fill} {value} [{string.Join(", ", transforms)}]",
            Loose,
            i => i.Normal(input).AffineSample(Tensor.From((input[0], 6), transforms, i.Backend), size, interpolation, fill, value));
    }

    private static FuzzCase Reduction(FuzzShapes s)
    {
        Shape shape = RandomShape(s, s.Between(1, 4), 60_000);
        int[] axes = [.. Enumerable.Range(0, shape.Rank).Where(_ => s.Flip())];
        string name = $"{shape} over [{string.Join(", ", axes)}]";
        return s.Between(0, 4) switch
        {
            0 => FuzzCase.WithGradients($"sum {name}", FuzzCase.Whole, i => i.Integers(shape).Sum(axes)),
            1 => FuzzCase.WithGradients($"mean {name}", Loose, i => i.Integers(shape).Mean(axes)),
            2 => FuzzCase.WithGradients($"max {name}", Loose, i => i.Integers(shape).Max(axes)),
            3 => FuzzCase.WithGradients($"min {name}", Loose, i => i.Integers(shape).Min(axes)),
            _ => new FuzzCase($"argmax {name}", FuzzCase.Whole, i => [i.Integers(shape).ArgMax(shape.Rank - 1).Cast(DType.Float32), i.Integers(shape).ArgMax(0).Cast(DType.Float32)]),
        };
    }

    private static FuzzCase Broadcast(FuzzShapes s)
    {
        Shape full = RandomShape(s, s.Between(1, 4), 40_000), a = Part(s, full), b = Part(s, full);
        return s.Between(0, 8) switch
        {
            0 => FuzzCase.WithGradients($"{a} + {b}", FuzzCase.Whole, i => i.Integers(a) + i.Integers(b)),
            1 => FuzzCase.WithGradients($"{a} * {b}", FuzzCase.Whole, i => i.Integers(a) * i.Integers(b)),
            2 => FuzzCase.WithGradients($"{a} / {b}", Loose, i => i.Normal(a) / i.Uniform(0.5f, 2, b)),
            3 => FuzzCase.WithGradients($"maximum {a} {b}", FuzzCase.Whole, i => i.Integers(a).Maximum(i.Integers(b))),
            4 => FuzzCase.WithGradients($"minimum {a} {b}", FuzzCase.Whole, i => i.Integers(a).Minimum(i.Integers(b))),
            5 => FuzzCase.WithGradients($"{a} - {b}", FuzzCase.Whole, i => i.Integers(a) - i.Integers(b)),
            6 => FuzzCase.WithGradients($"{a} to the power of {b}", Loose, i => i.Uniform(0.5f, 2, a).Pow(i.Uniform(-2, 2, b))),
            7 => FuzzCase.WithGradients($"relu of {a} + {b}", FuzzCase.Whole, i => Tensor.AddRelu(i.Integers(a), i.Integers(b))),
            _ => FuzzCase.WithGradients($"broadcast {a} to {full}", FuzzCase.Whole, i => i.Integers(a).BroadcastTo(full)),
        };
    }

    private static FuzzCase Comparison(FuzzShapes s)
    {
        Shape full = RandomShape(s, s.Between(1, 4), 40_000), a = Part(s, full), b = Part(s, full), c = Part(s, full);
        return s.Flip()
            ? FuzzCase.WithGradients($"where {c} {a} {b}", FuzzCase.Whole, i => Tensor.Where(i.Integers(c) > 0, i.Integers(a), i.Integers(b)))
            : new FuzzCase($"comparisons {a} {b}", FuzzCase.Whole, i =>
            {
                Tensor left = i.Integers(a), right = i.Integers(b);
                return [left < right, left <= right, left > right, left >= right, left.Equal(right), left.NotEqual(right)];
            });
    }

    private static FuzzCase Movement(FuzzShapes s)
    {
        Shape shape = RandomShape(s, s.Between(1, 5), 40_000);
        int axis = s.Between(0, shape.Rank - 1), start = s.Between(0, shape[axis] - 1), length = s.Between(1, shape[axis] - start), count = s.Size(60);
        int[] order = [.. Enumerable.Range(0, shape.Rank)];
        for (int i = order.Length - 1; i > 0; i--)
        {
            int other = s.Between(0, i);
            (order[i], order[other]) = (order[other], order[i]);
        }

        DType type = s.Of(DType.UInt8, DType.UNorm8, DType.Int32);
        return s.Between(0, 6) switch
        {
            0 => FuzzCase.WithGradients($"transpose {shape} [{string.Join(", ", order)}]", FuzzCase.Whole, i => i.Integers(shape).Transpose(order)),
            1 => FuzzCase.WithGradients($"slice {shape} axis {axis} {start} {length}", FuzzCase.Whole, i => i.Integers(shape).Slice(axis, start, length)),
            2 => FuzzCase.WithGradients($"pad {shape} axis {axis} {start} {length}", FuzzCase.Whole, i => i.Integers(shape).Pad(axis, start, length)),
            3 => FuzzCase.WithGradients($"gather {count} of {shape} axis {axis}", FuzzCase.Whole, i => i.Integers(shape).Gather(i.Indices(shape[axis], count), axis)),
            4 => FuzzCase.WithGradients($"concat {shape} axis {axis}", FuzzCase.Whole, i => Tensor.Concat([i.Integers(shape), i.Integers(shape), i.Integers(shape)], axis)),
            5 => new FuzzCase($"transpose bytes {shape} [{string.Join(", ", order)}]", FuzzCase.Whole, i => [i.Bytes(DType.UInt8, shape).Transpose(order).Cast(DType.Float32)]),
            _ => new FuzzCase($"cast {shape} to {type}, one-hot", Tolerances.Rounding, i =>
                [(type == DType.UNorm8 ? i.Uniform(0, 1, shape) : i.Whole(shape)).Cast(type).Cast(DType.Float32), Tensor.OneHot(i.Indices(count, shape), count)]),
        };
    }

    private static FuzzCase Rows(FuzzShapes s)
    {
        Shape shape = (s.Size(300), s.Flip(0.2) ? s.Between(100, 900) : s.Size(70));
        return s.Flip()
            ? FuzzCase.WithGradients($"softmax {shape}", Loose, i => i.Normal(shape).Softmax())
            : FuzzCase.WithGradients($"log softmax {shape}", Loose, i => i.Normal(shape).LogSoftmax());
    }

    private static FuzzCase Focal(FuzzShapes s)
    {
        int rows = s.Size(300), classes = 1 + s.Size(60);
        bool soft = s.Flip();
        var term = new FocalTerm(s.Of(0, 0.5f, 1, 2, 3.7f), s.Of(0, 1.5f));
        var binary = new BinaryFocalTerm(s.Of(0, 1, 2), s.Of(0, 2, 4), s.Of(1, 0.25f), s.Of(1, 0.75f), 1, s.Of(0, 0.05f));
        return s.Between(0, 3) switch
        {
            0 => FuzzCase.WithGradients($"focal {rows} x {classes} {term} soft {soft}", Loose, i => i.Uniform(0.02f, 0.98f, rows, classes).CategoricalFocal(i.Labels(rows, classes, soft), i.Labels(1, classes, true).Reshape(classes), term)),
            1 => FuzzCase.WithGradients($"focal of logits {rows} x {classes} {term} soft {soft}", Loose, i => i.Normal(rows, classes).SoftmaxCategoricalFocal(i.Labels(rows, classes, soft), i.Labels(1, classes, true).Reshape(classes), term)),
            2 => FuzzCase.WithGradients($"binary focal {rows} x {classes} {binary}", Loose, i => i.Fractions(rows, classes).BinaryFocal(i.Labels(rows, classes, soft), binary)),
            _ => FuzzCase.WithGradients($"binary focal of logits {rows} x {classes} {binary with { Margin = 0 }}", Loose, i => i.Normal(rows, classes).SigmoidBinaryFocal(i.Labels(rows, classes, soft), binary with { Margin = 0 })),
        };
    }

    private static FuzzCase Normalisation(FuzzShapes s)
    {
        Shape shape = s.Flip() ? (1 + s.Size(300), s.Size(80)) : (s.Between(1, 4), s.Size(20), s.Size(20) + 1, s.Size(40));
        int channels = shape[shape.Rank - 1];
        bool relu = s.Flip();
        if (s.Flip(0.3))
        {
            return FuzzCase.WithGradients(
                $"scale and shift {shape} relu {relu}", FuzzCase.Whole, i => i.Integers(shape).ScaleShift(i.Integers(channels), i.Integers(channels) + 0.5f, relu));
        }

        // Forward only behind a ReLU, which a value next to 0 passes or not: rounding decides.
        if (relu)
        {
            return new FuzzCase(
                $"batch normalisation and relu {shape}", 4 * Loose, i => [i.Normal(shape).BatchNormalization(i.Normal(channels), i.Normal(channels), 1e-2f, relu: true).Y]);
        }

        return FuzzCase.WithGradients($"batch normalisation {shape}", 4 * Loose, i => i.Normal(shape).BatchNormalization(i.Normal(channels), i.Normal(channels), 1e-2f).Y);
    }

    private static FuzzCase Optimizer(FuzzShapes s)
    {
        int length = s.Flip(0.3) ? s.Between(10_000, 60_000) : s.Size(200);
        (string name, int states, Action<Backend, Tensor, Tensor, Tensor[]> update) = Update(s);
        return new FuzzCase($"{name} of {length}", Loose, i =>
        {
            Tensor weights = i.Normal(length), gradient = i.Normal(length);
            Tensor[] state = [.. Enumerable.Range(0, states).Select(_ => i.Uniform(0.01f, 1, length))];
            update(i.Backend, weights, gradient, state);
            return [weights, .. state];
        });
    }

    private static FuzzCase ProductOptimizer(FuzzShapes s)
    {
        int batch = s.Flip(0.7) ? s.Between(1, 40) : s.Between(1, 300), from = s.Flip() ? s.Between(100, 2000) : s.Size(200);
        int to = s.Size((int)Math.Clamp(MostProducts / batch / from, 1, 600));
        (string name, int states, Action<Backend, Tensor, Tensor, Tensor[]> update) = Update(s);
        return new FuzzCase($"{name} with the gradient of [{batch}, {from}] to {to}", Loose, i =>
        {
            using var tape = new GradientTape();
            Tensor kernel = tape.Watch(i.Normal(from, to));

            // Only a sum without rounding has the sign that Lion takes everywhere.
            Tensor x = name == Lion ? i.Integers(batch, from) : i.Normal(batch, from), dy = name == Lion ? i.Integers(batch, to) : i.Normal(batch, to);
            Tensor gradient = tape.Gradient((x.Dense(kernel, i.Normal(to)) * dy).Sum(), kernel);
            Tensor[] state = [.. Enumerable.Range(0, states).Select(_ => i.Uniform(0.01f, 1, from, to))];
            update(i.Backend, kernel, gradient, state);
            return [tape.Return(kernel), .. state.Select(tape.Return)];
        });
    }

    private static (string Name, int States, Action<Backend, Tensor, Tensor, Tensor[]> Update) Update(FuzzShapes s) => s.Between(0, 6) switch
    {
        0 => ("sgd", 0, (b, w, g, state) => b.SgdUpdate(w, g, null, new SgdStep(0.1f, 0, false))),
        1 => ("sgd with momentum", 1, (b, w, g, state) => b.SgdUpdate(w, g, state[0], new SgdStep(0.1f, 0.9f, false))),
        2 => ("sgd with Nesterov's", 1, (b, w, g, state) => b.SgdUpdate(w, g, state[0], new SgdStep(0.1f, 0.9f, true))),
        3 => ("adam", 2, (b, w, g, state) => b.AdamUpdate(w, g, state[0], state[1], new AdamStep(0.01f, 0.9f, 0.999f, 1e-7f, 0.04f))),
        // Halves, whose sum has one rounding, so that its sign is the same everywhere.
        4 => (Lion, 1, (b, w, g, state) => b.LionUpdate(w, g, state[0], new LionStep(0.01f, 0.5f, 0.99f, 0.04f))),
        5 => ("rmsprop", 1, (b, w, g, state) => b.RmspropUpdate(w, g, state[0], null, new RmspropStep(0.01f, 0.9f, 0, 1e-7f))),
        _ => ("rmsprop with momentum", 2, (b, w, g, state) => b.RmspropUpdate(w, g, state[0], state[1], new RmspropStep(0.01f, 0.9f, 0.5f, 1e-7f))),
    };

    private static FuzzCase Function(FuzzShapes s)
    {
        Shape shape = s.Flip(0.2) ? s.Between(16_000, 50_000) : s.Size(300);
        (string name, Func<Tensor, Tensor> function) = s.Of<(string, Func<Tensor, Tensor>)>(
            ("exp", x => x.Exp()), ("log1p of squares", x => x.Square().Log1p()), ("tanh", x => x.Tanh()), ("sigmoid", x => x.Sigmoid()), ("gelu", x => x.Gelu()),
            ("silu", x => x.Silu()), ("softplus", x => x.Softplus()), ("elu", x => x.Elu()), ("leaky relu", x => x.LeakyRelu()), ("abs", x => x.Abs()),
            ("relu", x => x.Relu()), ("expm1", x => x.Expm1()), ("log of absolutes", x => x.Abs().Log()), ("root of absolutes", x => x.Abs().Sqrt()),
            ("reciprocal root of absolutes", x => x.Abs().Rsqrt()), ("reciprocal", x => x.Reciprocal()), ("cube", x => x.Pow(3)),
            ("power of absolutes", x => x.Abs().Pow(-1.3f)), ("clip", x => x.Clip(-0.7f, 0.9f)), ("sign times", x => x.Sign() * x), ("affine", x => 2 - (x * 3)));
        return FuzzCase.WithGradients($"{name} of {shape}", Loose, i => function(i.AwayFromZero(shape)));
    }

    private static FuzzCase RandomNumbers(FuzzShapes s)
    {
        Shape shape = s.Flip(0.4) ? s.Between(16_000, 90_000) : s.Size(300);
        var key = new RandomKey((ulong)s.Between(0, int.MaxValue), (ulong)s.Between(0, int.MaxValue));
        return new FuzzCase($"random numbers and dropout {shape}", FuzzCase.None, i =>
            [Tensor.RandomNormal(shape, key: key, backend: i.Backend), Tensor.RandomUniform(shape, key: key, backend: i.Backend), i.Normal(shape).Dropout(0.3f, key)]);
    }

    // What broadcasts to a shape.
    private static Shape Part(FuzzShapes s, Shape full) =>
        Shape.Create([.. Enumerable.Range(0, full.Rank).Skip(s.Flip(0.3) ? s.Between(0, full.Rank) : 0).Select(axis => s.Flip(0.3) ? 1 : full[axis])]);

    private static Shape RandomShape(FuzzShapes s, int rank, int most)
    {
        int[] dims = new int[rank];
        for (int axis = 0, left = most; axis < rank; axis++)
        {
            dims[axis] = s.Flip(0.1) ? s.Between(1, Math.Min(left, 5000)) : Math.Min(s.Size(70), left);
            left = Math.Max(1, left / dims[axis]);
        }

        return Shape.Create(dims);
    }
}

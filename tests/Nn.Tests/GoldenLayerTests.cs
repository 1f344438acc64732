using Numerics.Golden;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Layers against reference cases, outputs and gradients.</summary>
public sealed class GoldenLayerTests
{
    public static TheoryData<string> DenseCases => GoldenFile.Names("dense.json");

    public static TheoryData<string> ConvCases => GoldenFile.Names("conv2d.json");

    public static TheoryData<string> PoolCases => GoldenFile.Names("pool2d.json");

    public static TheoryData<string> NormalizationCases => GoldenFile.Names("batch_normalization.json");

    public static TheoryData<string> DepthwiseCases => GoldenFile.Names("depthwise_conv2d.json");

    public static TheoryData<string> SeparableCases => GoldenFile.Names("separable_conv2d.json");

    public static TheoryData<string> TransposeCases => GoldenFile.Names("conv2d_transpose.json");

    public static TheoryData<string> LayerNormalizationCases => GoldenFile.Names("layer_normalization.json");

    public static TheoryData<string> UpSamplingCases => GoldenFile.Names("up_sampling2d.json");

    public static TheoryData<string> EmbeddingCases => GoldenFile.Names("embedding.json");

    [Theory]
    [MemberData(nameof(DenseCases))]
    public void Dense_matches(string name)
    {
        GoldenCase golden = GoldenFile.Case("dense.json", name);
        using var layer = new Dense(golden.Tensor("kernel").Shape[1], golden.Text("activation") is { } activation ? new Activation(activation) : null);
        CheckKernelLayer(layer, golden);
    }

    [Theory]
    [MemberData(nameof(ConvCases))]
    public void Conv2D_matches(string name)
    {
        GoldenCase golden = GoldenFile.Case("conv2d.json", name);
        Shape kernel = golden.Tensor("kernel").Shape;
        using var layer = new Conv2D(
            kernel[3],
            (kernel[0], kernel[1]),
            golden.Pair("strides"),
            Enum.Parse<Padding>(golden.Text("padding")!, ignoreCase: true),
            golden.Pair("dilation"),
            golden.Integer("groups"),
            golden.Text("activation") is { } activation ? new Activation(activation) : null);
        CheckKernelLayer(layer, golden);
    }

    [Theory]
    [MemberData(nameof(PoolCases))]
    public void Pooling_matches(string name)
    {
        GoldenCase golden = GoldenFile.Case("pool2d.json", name);
        Padding padding = Enum.Parse<Padding>(golden.Text("padding")!, ignoreCase: true);
        using Layer layer = golden.Text("kind") == "max"
            ? new MaxPooling2D(golden.Pair("pool"), golden.Pair("strides"), padding)
            : new AveragePooling2D(golden.Pair("pool"), golden.Pair("strides"), padding);
        using var tape = new GradientTape();
        Tensor x = tape.Watch(golden.Tensor("x").ToNDArray());
        Tensor y = layer.Call(x);
        GoldenAssert.Close(golden.Tensor("y"), y, "y");
        Assert.Equal(y.Shape, layer.ComputeOutputShape(x.Shape));
        GoldenAssert.Close(golden.Tensor("grad_x"), tape.Gradient((y * golden.Tensor("grad_y").ToNDArray()).Sum(), x), "grad_x");
    }

    [Theory]
    [MemberData(nameof(NormalizationCases))]
    public void BatchNormalization_matches(string name)
    {
        GoldenCase golden = GoldenFile.Case("batch_normalization.json", name);
        using var layer = new BatchNormalization((float)golden.Number("momentum"), (float)golden.Number("epsilon"));
        layer.Build(golden.Tensor("x").Shape);
        Dictionary<string, Variable> variables = layer.Variables.ToDictionary(variable => variable.Name.Split('/')[^1]);
        foreach (string weight in new[] { "gamma", "beta", "moving_mean", "moving_variance" })
            variables[weight].Assign(golden.Tensor(weight).ToNDArray());
        Assert.Equal(["gamma", "beta"], layer.TrainableVariables.Select(variable => variable.Name.Split('/')[^1]));

        using var tape = new GradientTape();
        Tensor x = tape.Watch(golden.Tensor("x").ToNDArray());
        GoldenAssert.Close(golden.Tensor("y_inference"), layer.Call(x), "y_inference");
        Tensor y = layer.Call(x, training: true);
        GoldenAssert.Close(golden.Tensor("y_training"), y, "y_training");
        GoldenAssert.Close(golden.Tensor("new_moving_mean"), variables["moving_mean"], "moving_mean");
        GoldenAssert.Close(golden.Tensor("new_moving_variance"), variables["moving_variance"], "moving_variance");
        Tensor[] gradients = tape.Gradient((y * golden.Tensor("grad_y").ToNDArray()).Sum(), [x, variables["gamma"], variables["beta"]]);
        GoldenAssert.Close(golden.Tensor("grad_x"), gradients[0], "grad_x");
        GoldenAssert.Close(golden.Tensor("grad_gamma"), gradients[1], "grad_gamma");
        GoldenAssert.Close(golden.Tensor("grad_beta"), gradients[2], "grad_beta");
    }

    [Theory]
    [MemberData(nameof(DepthwiseCases))]
    public void DepthwiseConv2D_matches(string name)
    {
        GoldenCase golden = GoldenFile.Case("depthwise_conv2d.json", name);
        using var layer = new DepthwiseConv2D(
            golden.Pair("kernel_size"), golden.Pair("strides"), PaddingOf(golden), golden.Integer("depth_multiplier"), golden.Pair("dilation"), ActivationOf(golden));
        CheckLayer(layer, golden);
    }

    [Theory]
    [MemberData(nameof(SeparableCases))]
    public void SeparableConv2D_matches(string name)
    {
        GoldenCase golden = GoldenFile.Case("separable_conv2d.json", name);
        using var layer = new SeparableConv2D(
            golden.Integer("filters"), golden.Pair("kernel_size"), golden.Pair("strides"), PaddingOf(golden),
            depthMultiplier: golden.Integer("depth_multiplier"), activation: ActivationOf(golden));
        CheckLayer(layer, golden);
    }

    [Theory]
    [MemberData(nameof(TransposeCases))]
    public void Conv2DTranspose_matches(string name)
    {
        GoldenCase golden = GoldenFile.Case("conv2d_transpose.json", name);
        using var layer = new Conv2DTranspose(
            golden.Integer("filters"), golden.Pair("kernel_size"), golden.Pair("strides"), PaddingOf(golden), golden.Pair("dilation"), ActivationOf(golden));
        CheckLayer(layer, golden);
    }

    [Theory]
    [MemberData(nameof(LayerNormalizationCases))]
    public void LayerNormalization_matches(string name)
    {
        GoldenCase golden = GoldenFile.Case("layer_normalization.json", name);
        using var layer = new LayerNormalization([.. golden.Numbers("axes").Select(axis => (int)axis)], (float)golden.Number("epsilon"));
        CheckLayer(layer, golden);
    }

    [Theory]
    [MemberData(nameof(UpSamplingCases))]
    public void UpSampling2D_matches(string name)
    {
        GoldenCase golden = GoldenFile.Case("up_sampling2d.json", name);
        using var layer = new UpSampling2D(golden.Pair("size"), Enum.Parse<SampleInterpolation>(golden.Text("interpolation")!, ignoreCase: true));
        CheckLayer(layer, golden);
    }

    [Theory]
    [MemberData(nameof(EmbeddingCases))]
    public void Embedding_matches(string name)
    {
        GoldenCase golden = GoldenFile.Case("embedding.json", name);
        using var layer = new Embedding(golden.Integer("input_dim"), golden.Integer("output_dim"));
        CheckLayer(layer, golden);
    }

    private static Padding PaddingOf(GoldenCase golden) => Enum.Parse<Padding>(golden.Text("padding")!, ignoreCase: true);

    private static Activation? ActivationOf(GoldenCase golden) => golden.Text("activation") is { } name ? new Activation(name) : null;

    // The weights are in the order in which the layer makes them.
    private static void CheckLayer(Layer layer, GoldenCase golden)
    {
        GoldenTensor input = golden.Tensor("x");
        layer.Build(input.Shape);
        IReadOnlyList<Variable> variables = layer.Variables;
        GoldenTensor[] weights = golden.Tensors("weights"), expected = golden.Tensors("grad_weights");
        Assert.Equal(weights.Length, variables.Count);
        for (int i = 0; i < weights.Length; i++)
            variables[i].Assign(weights[i].ToNDArray());
        using var tape = new GradientTape();
        bool differentiable = golden.Has("grad_x");
        Tensor x = input.ToNDArray();
        x = differentiable ? tape.Watch(x) : x.Cast(DType.Int32);
        Tensor y = layer.Call(x);
        GoldenAssert.Close(golden.Tensor("y"), y, "y");
        Assert.Equal(y.Shape, layer.ComputeOutputShape(x.Shape));
        Tensor[] gradients = tape.Gradient((y * golden.Tensor("grad_y").ToNDArray()).Sum(), differentiable ? [x, .. variables] : [.. variables]);
        if (differentiable)
            GoldenAssert.Close(golden.Tensor("grad_x"), gradients[0], "grad_x");
        for (int i = 0; i < expected.Length; i++)
            GoldenAssert.Close(expected[i], gradients[i + (differentiable ? 1 : 0)], variables[i].Name);
    }

    private static void CheckKernelLayer(Layer layer, GoldenCase golden)
    {
        layer.Build(golden.Tensor("x").Shape);
        IReadOnlyList<Variable> variables = layer.Variables;
        Assert.Equal(["kernel", "bias"], variables.Select(variable => variable.Name.Split('/')[^1]));
        variables[0].Assign(golden.Tensor("kernel").ToNDArray());
        variables[1].Assign(golden.Tensor("bias").ToNDArray());
        using var tape = new GradientTape();
        Tensor x = tape.Watch(golden.Tensor("x").ToNDArray());
        Tensor y = layer.Call(x);
        GoldenAssert.Close(golden.Tensor("y"), y, "y");
        Assert.Equal(y.Shape, layer.ComputeOutputShape(x.Shape));
        Tensor[] gradients = tape.Gradient((y * golden.Tensor("grad_y").ToNDArray()).Sum(), [x, variables[0], variables[1]]);
        GoldenAssert.Close(golden.Tensor("grad_x"), gradients[0], "grad_x");
        GoldenAssert.Close(golden.Tensor("grad_kernel"), gradients[1], "grad_kernel");
        GoldenAssert.Close(golden.Tensor("grad_bias"), gradients[2], "grad_bias");
    }
}

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

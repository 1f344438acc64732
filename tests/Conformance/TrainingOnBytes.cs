using System.Runtime.InteropServices;
using Numerics.Backends.Cpu;
using Numerics.Backends.Cuda;
using Numerics.CudaSimulator;
using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <summary>A training on pictures of bytes is, to the bit, one on the floats that they stand for, and takes less memory.</summary>
[Collection(nameof(UsesDefaultBackend))]
public sealed class TrainingOnBytes
{
    [Theory]
    [InlineData("one thread", "fused")]
    [InlineData("one thread", "unfused")]
    [InlineData("one thread", "shared")]
    [InlineData("one thread", "padded")]
    [InlineData("three threads", "fused")]
    [InlineData("three threads", "shared")]
    [InlineData("cuda", "fused")]
    [InlineData("cuda", "unfused")]
    [InlineData("cuda", "shared")]
    [InlineData("cuda", "captured")]
    public void The_weights_are_those_of_a_training_on_floats(string backend, string network)
    {
        NDArray bytes = Pictures(6, 22, DType.UNorm8);
        float[] floats = Train(backend, network, NDArray.From(bytes.Shape, bytes.ToFloats()));
        Assert.Equal(MemoryMarshal.Cast<float, int>(floats), MemoryMarshal.Cast<float, int>(Train(backend, network, bytes)));
        NDArray whole = Pictures(6, 22, DType.UInt8);
        Assert.Equal(
            MemoryMarshal.Cast<float, int>(Train(backend, network, NDArray.From(whole.Shape, whole.ToFloats()))),
            MemoryMarshal.Cast<float, int>(Train(backend, network, whole)));
    }

    // With a copy in floats the bytes would take more than the floats alone.
    [Theory]
    [InlineData("fused")]
    [InlineData("unfused")]
    [InlineData("padded")]
    public void No_copy_in_floats_is_made(string network)
    {
        NDArray bytes = Pictures(12, 224, DType.UNorm8);
        long floats = Reserved(network, NDArray.From(bytes.Shape, bytes.ToFloats())), read = Reserved(network, bytes);
        Assert.True(read < floats, $"{read} bytes in use, {floats} for floats");
    }

    private static long Reserved(string network, NDArray pictures)
    {
        using var backend = new CpuBackend(2);
        Backend.Default = backend;
        try
        {
            using Sequential model = Create(network);
            model.Compile(new Adam(), new CategoricalFocalLoss());
            for (int step = 0; step < 3; step++)
                _ = model.TrainOnBatch(pictures, TinyNetwork.Labels(pictures.Shape[0]));
            _ = model.PredictOnBatch(pictures);
            return backend.ReservedBytes;
        }
        finally
        {
            Backend.Default = null;
        }
    }

    private static float[] Train(string backend, string network, NDArray pictures)
    {
        using Backend tested = backend switch
        {
            "one thread" => new CpuBackend(1),
            "three threads" => new CpuBackend(3),
            _ => new CudaBackend(TestedLibraries.Create(), ownsApi: true),
        };
        Backend.Default = tested;
        try
        {
            RandomGenerator.SetSeed(42);
            using Model model = network == "shared" ? CreateShared() : Create(network);
            model.Compile(new Adam(), new CategoricalFocalLoss(), [new CategoricalAccuracy()], jitCompile: network == "captured");
            for (int step = 0; step < 3; step++)
                _ = model.TrainOnBatch(pictures, TinyNetwork.Labels(pictures.Shape[0]));
            float[] scores = model.PredictOnBatch(pictures).ToFloats();
            return [.. scores, .. model.Variables.SelectMany(variable => variable.Value.ToArray())];
        }
        finally
        {
            Backend.Default = null;
        }
    }

    private static Sequential Create(string network)
    {
        var model = new Sequential
        {
            new Conv2D(16, 3, padding: network == "padded" ? Padding.Same : Padding.Valid, activation: Activation.Relu),
            new MaxPooling2D(2),
            new Conv2D(8, 3, activation: Activation.Relu),
            new MaxPooling2D(2),
            new GlobalAveragePooling2D(),
            new Dense(3, activation: Activation.Softmax),
        };
        model.Fuse = network != "unfused";
        return model;
    }

    // Two convolutions read the same pictures, one of them with stride, and so does a layer that needs floats.
    private static Model CreateShared()
    {
        var pictures = new Input((22, 22, 3));
        KerasTensor pooled = new MaxPooling2D(2).Call(new Conv2D(16, 3, activation: Activation.Relu).Call(pictures.Tensor));
        KerasTensor strided = new Conv2D(5, 4, strides: 2, padding: Padding.Same).Call(pictures.Tensor);
        KerasTensor small = new AveragePooling2D(2).Call(pictures.Tensor);
        KerasTensor joined = new Concatenate().Call([.. new[] { pooled, strided, small }.Select(maps => new GlobalAveragePooling2D().Call(maps))]);
        return new Model(pictures.Tensor, new Dense(3, activation: Activation.Softmax).Call(joined));
    }

    private static NDArray Pictures(int batch, int size, DType type)
    {
        var pictures = new NDArray((batch, size, size, 3), type);
        new Random(7).NextBytes(pictures.Bytes);
        return pictures;
    }
}

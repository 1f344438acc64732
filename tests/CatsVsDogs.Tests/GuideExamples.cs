using Numerics.Backends.Cpu;
using Numerics.Backends.Cuda;
using Numerics.Data;
using Numerics.Distributed;
using Numerics.Formats;
using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.CatsVsDogs.Tests;

/// <summary>The programs of the guides in docs as they stand there, compiled; <see cref="ReadmeTests"/> compares them, and runs those that can be.</summary>
internal static class GuideExamples
{
    /// <summary>docs/training.md, models of several outputs.</summary>
    public static void SeveralOutputs(Model model)
    {
        model.Compile(new Adam(), [new SparseCategoricalCrossentropy(), new MeanSquaredError()], metrics: [[Metric.Accuracy], []], lossWeights: [1, 0.1f]);
    }

    /// <summary>docs/training.md, optimizers.</summary>
    public static Optimizer Options()
    {
        var schedule = new CosineDecay(0, decaySteps: 10_000, warmupTarget: 1e-3, warmupSteps: 500);
        var optimizer = new Adam(schedule) { GlobalClipNorm = 1, WeightDecay = 0.004f, UseEma = true, GradientAccumulationSteps = 4 };
        optimizer.ExcludeFromWeightDecay(names: ["bias"]);
        return optimizer;
    }

    /// <summary>docs/training.md, models of inputs and outputs.</summary>
    public static Shape Functional(NDArray pictures)
    {
        KerasTensor inputs = new Input((28, 28, 1));
        KerasTensor x = new Conv2D(16, 3, padding: Padding.Same, activation: "relu").Call(inputs);
        x = new Flatten().Call(x + new Conv2D(16, 1).Call(inputs));
        using var model = new Model(inputs, new Dense(10, "softmax").Call(x));
        return model.Predict(pictures).Shape;
    }

    /// <summary>docs/training.md, a model on top of another.</summary>
    public static (bool Frozen, bool Changed) Transfer(NDArray x, NDArray y)
    {
        using Model pretrained = KerasModel.Load("pretrained.keras");
        float[] Weights() => [.. pretrained.Layers[0].Variables.SelectMany(variable => variable.Value.ToArray())];
        float[] first = Weights();
        pretrained.Trainable = false;
        using var tuned = new Model(pretrained.Inputs, [new Dense(5, "softmax").Call(pretrained.Layers[^2].Output)]);
        tuned.Compile(new Adam(), new SparseCategoricalCrossentropy());
        tuned.Fit(x, y, epochs: 5);
        bool frozen = Weights().SequenceEqual(first);

        pretrained.Trainable = true;
        tuned.Compile(new Adam(1e-5f), new SparseCategoricalCrossentropy());
        tuned.Fit(x, y, epochs: 5);
        return (frozen, !Weights().SequenceEqual(first));
    }

    /// <summary>docs/metrics.md.</summary>
    public static IReadOnlyList<string> OwnMetric(Model model, NDArray x, NDArray y)
    {
        var within = new MeanMetricWrapper((y, p) => ((y - p).Abs() < 0.1f).Mean(-1), "within_a_tenth", MonitorMode.Max);
        model.Compile(new Adam(), new MeanSquaredError(), [within, new RootMeanSquaredError(), new R2Score()]);
        return model.Fit(x, y, verbose: 0).Names;
    }

    /// <summary>docs/formats.md and the page of the browser sample.</summary>
    public static void Export(Model model)
    {
        OnnxModel.Export(model, "model.onnx", new OnnxExportOptions { BytePixels = true, Resize = true });
    }

    /// <summary>docs/data.md.</summary>
    public static (Shape Prediction, Shape Targets) Augment(Dataset pictures)
    {
        using var model = new Sequential
        {
            new RandomFlip(FlipMode.Horizontal), new RandomRotation(0.05f), new RandomZoom(0.1f),
            new Conv2D(16, 3, activation: "relu"), new GlobalAveragePooling2D(), new Dense(2, "softmax"),
        };

        var flip = new RandomFlip(FlipMode.Horizontal);
        var mixUp = new MixUp(alpha: 0.2f);
        Dataset train = pictures.Cache().Shuffle(seed: 1)
            .Map((item, key) => item with { X = flip.Apply(item.X, key) }, seed: 2)
            .Batch(32).Map((batch, key) => mixUp.Apply(batch, key), seed: 3).Prefetch();
        DataItem first = train.First();
        return (model.Predict(first.X).Shape, first.Y.Shape);
    }

    /// <summary>docs/scaling.md.</summary>
    public static void Distribute(Model model, Dataset train, Dataset test)
    {
        using var group = new MpiProcessGroup();
        model.Strategy = new DataParallel(group);
        model.Fit(train, epochs: 10, validationData: test);
    }

    /// <summary>docs/cuda.md, which device; there is none where the tests run.</summary>
    public static void ChooseDevice()
    {
        Backend.Default = new CudaBackend();                                                    // the first device
        Backend.Default = new CudaBackend(1, new CudaOptions(CudaPrecision.BFloat16));          // the second, with bfloat16 operands
    }

#if MANAGED_CUDA
    /// <summary>docs/cuda.md, ManagedCuda.</summary>
    public static void ChooseManagedCuda()
    {
        Backend.Default = new CudaBackend(new ManagedCudaApi(), ownsApi: true);
    }
#endif

    /// <summary>docs/cuda.md, a data set on the device.</summary>
    public static void TrainOnResident(Model model, NDArray allPictures, NDArray allLabels, NDArray[] batchesOfIndices)
    {
        using Tensor pictures = Tensor.From(allPictures).Keep(), labels = Tensor.From(allLabels).Keep();
        foreach (NDArray batch in batchesOfIndices)
        {
            using var scope = new TensorScope();
            _ = model.TrainOnBatch(pictures.Gather(batch), labels.Gather(batch));
        }
    }

    /// <summary>docs/cuda.md, captured steps.</summary>
    public static bool CompileCaptured(Model model)
    {
        model.Compile(new Adam(), new CategoricalFocalLoss(), jitCompile: true);
        return model.JitCompile;
    }

    /// <summary>docs/cuda.md, work of one's own; on a CPU there is nothing to gain.</summary>
    public static bool Capture(Tensor x, Tensor y)
    {
        Backend backend = new CpuBackend();
        Tensor? loss = null;
        static Tensor Step(Tensor x, Tensor y) => (x - y).Square().Sum();
        using CapturedWork? work = backend.Capture(() => loss = Step(x, y));    // null on a CPU, which gains nothing
        work?.Launch();                                                        // again, on what x and y hold now
        return work is null && loss is null;
    }

    /// <summary>docs/training.md, a step of one's own.</summary>
    public sealed class OwnStep(KerasTensor inputs, KerasTensor outputs) : Model(inputs, outputs)
    {
        protected override IReadOnlyDictionary<string, double> TrainStep(TensorBatch batch)
        {
            using var tape = new GradientTape();
            Tensor prediction = Call(batch.X, training: true);
            Tensor loss = ComputeLoss(batch, [prediction]) + MyPenalty(prediction);
            Optimizer!.Apply(tape.Gradient(Optimizer.ScaleLoss(loss), TrainableVariables), TrainableVariables);
            UpdateMetrics(batch, [prediction], loss);
            return ComputeLogs();
        }

        private static Tensor MyPenalty(Tensor prediction) => prediction.Square().Mean() * 0.01f;
    }
}

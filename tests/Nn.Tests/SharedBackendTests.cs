using System.Collections.Concurrent;
using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Several threads of a program on one backend: every result has the bits that it has without the others.</summary>
public sealed class SharedBackendTests
{
    private const int Threads = 6;

    // A simulated device takes its time.
    private static readonly int s_rounds = Backend.Default.Name == "cpu" ? 6 : 1, s_batches = Backend.Default.Name == "cpu" ? 5 : 2;

    private static readonly NDArray s_pictures = RandomArrays.Signed(4, 12, 12, 3), s_labels = OneHot(4, 5), s_rows = RandomArrays.Signed(4, 30), s_numbers = RandomArrays.Signed(4, 3);

    [Fact]
    public void Models_trained_at_once_are_those_trained_one_after_the_other()
    {
        float[][] expected = [.. Enumerable.Range(0, Threads).Select(Train)];
        for (int round = 0; round < s_rounds; round++)
            AtOnce(thread => Assert.Equal(expected[thread], Train(thread)));
    }

    [Fact]
    public void A_shared_model_answers_the_same_while_others_are_trained()
    {
        using Sequential shared = Convolutional(17);
        shared.Build((Shape.Unknown, 12, 12, 3));
        float[] answer = shared.Predict(s_pictures).ToFloats();
        float[][] expected = [.. Enumerable.Range(0, Threads).Select(Train)];
        AtOnce(thread =>
        {
            if (thread % 2 == 0)
            {
                Assert.Equal(expected[thread], Train(thread));
                return;
            }

            for (int call = 0; call < 10 * s_rounds; call++)
            {
                Assert.Equal(answer, shared.PredictOnBatch(s_pictures).ToFloats());
                using var scope = new TensorScope();
                Assert.Equal(answer, shared.Call(s_pictures).ToArray());
            }
        });
    }

    [Fact]
    public void Heads_are_trained_at_once_on_one_frozen_base()
    {
        using Sequential frozen = Convolutional(23);
        frozen.Build((Shape.Unknown, 12, 12, 3));
        frozen.Trainable = false;
        float[] Head(int number)
        {
            using var head = new Sequential { new Dense(5, "softmax", kernelInitializer: new GlorotUniform((ulong)number)) };
            using var optimizer = new Adam(0.01f);
            var loss = new CategoricalCrossentropy();
            float last = 0;
            for (int step = 0; step < s_batches; step++)
            {
                using var tape = new GradientTape();
                Tensor value = loss.Call(s_labels, head.Call(frozen.Call(s_pictures), training: true));
                optimizer.Apply(tape.Gradient(value, head.TrainableVariables), head.TrainableVariables);
                last = value.Item();
            }

            return [last, .. head.Variables.SelectMany(variable => variable.Value.ToArray())];
        }

        float[][] expected = [.. Enumerable.Range(0, Threads).Select(Head)];
        for (int round = 0; round < s_rounds; round++)
            AtOnce(thread => Assert.Equal(expected[thread], Head(thread)));
    }

    [Fact]
    public void Tensors_go_from_thread_to_thread()
    {
        static Tensor Made(int number) => Tensor.RandomNormal((9, 9), key: new RandomKey(3, (ulong)number));
        static Tensor Changed(Tensor x) => x.MatMul(x).Tanh() + (x.Sum(0) * 0.1f);
        int count = 40 * s_rounds;
        float[][] expected = new float[count][], found = new float[count][];
        for (int number = 0; number < count; number++)
        {
            using var scope = new TensorScope();
            expected[number] = Changed(Made(number)).Sum(1).ToArray();
        }

        // One makes, two compute what a third reads: each a thread, and none keeps a scope open for what it passes on.
        using var made = new BlockingCollection<(int, Tensor)>(4);
        using var changed = new BlockingCollection<(int, Tensor)>(4);
        int working = 2;
        AtOnce(4, thread =>
        {
            switch (thread)
            {
                case 0:
                    for (int number = 0; number < count; number++)
                    {
                        using var scope = new TensorScope();
                        made.Add((number, Made(number).Keep()));
                    }

                    made.CompleteAdding();
                    break;
                case 3:
                    foreach ((int number, Tensor tensor) in changed.GetConsumingEnumerable())
                    {
                        found[number] = tensor.ToArray();
                        tensor.Dispose();
                    }

                    break;
                default:
                    foreach ((int number, Tensor tensor) in made.GetConsumingEnumerable())
                    {
                        using var scope = new TensorScope();
                        changed.Add((number, Changed(tensor).Sum(1).Keep()));
                        tensor.Dispose();
                    }

                    if (Interlocked.Decrement(ref working) == 0)
                        changed.CompleteAdding();
                    break;
            }
        });
        Assert.Equal(expected, found);
    }

    [Fact]
    public void One_tensor_is_differentiated_by_several_tapes_at_once()
    {
        using Tensor x = Tensor.RandomNormal((20, 20), key: new RandomKey(9, 1)).Keep();
        float[] Gradient(int number)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient((x.MatMul(x) * (number + 1f)).Sigmoid().Sum(), x).ToArray();
        }

        float[][] expected = [.. Enumerable.Range(0, Threads).Select(Gradient)];
        for (int round = 0; round < 5 * s_rounds; round++)
            AtOnce(thread => Assert.Equal(expected[thread], Gradient(thread)));
    }

    [Fact]
    public void Generators_of_threads_draw_what_they_draw_alone()
    {
        static float[] Draw(int number)
        {
            var generator = new RandomGenerator((ulong)number);
            using var scope = new TensorScope();
            return [.. Enumerable.Range(0, 10).SelectMany(_ => Tensor.RandomNormal((3, 50), key: generator.Next()).Dropout(0.2f, generator.Next()).ToArray())];
        }

        float[][] expected = [.. Enumerable.Range(0, Threads).Select(Draw)];
        AtOnce(thread => Assert.Equal(expected[thread], Draw(thread)));

        // Of one generator every key is drawn once, whoever draws it.
        var shared = new RandomGenerator(1);
        var keys = new ConcurrentBag<ulong>();
        AtOnce(_ =>
        {
            for (int i = 0; i < 500; i++)
                keys.Add(shared.Next().Stream);
        });
        Assert.Equal(Enumerable.Range(0, 500 * Threads).Select(i => (ulong)i), keys.Order());
    }

    [Fact]
    public void A_tensor_of_another_threads_scope_is_not_this_ones_to_dispose()
    {
        using var scope = new TensorScope();
        Tensor tensor = Tensor.Ones((2, 3));
        AtOnce(1, thread =>
        {
            string message = Assert.Throws<InvalidOperationException>(tensor.Dispose).Message;
            Assert.Contains("[2, 3]", message, StringComparison.Ordinal);
            Assert.Contains("Keep()", message, StringComparison.Ordinal);
            _ = Assert.Throws<InvalidOperationException>(tensor.Keep);
        });
        Assert.Equal(6, tensor.Sum().Item());
    }

    private static void AtOnce(Action<int> work) => AtOnce(Threads, work);

    private static void AtOnce(int threads, Action<int> work)
    {
        using var start = new Barrier(threads);
        var errors = new ConcurrentQueue<Exception>();
        Thread[] all = [.. Enumerable.Range(0, threads).Select(number => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                work(number);
            }
            catch (Exception error)
            {
                errors.Enqueue(error);
            }
        }))];
        foreach (Thread thread in all)
            thread.Start();
        foreach (Thread thread in all)
            thread.Join();
        Assert.Empty(errors);
    }

    // What a thread trains has layers, optimizer and seed of its own.
    private static float[] Train(int number)
    {
        ulong seed = 100 * ((ulong)number + 1);
        bool pictures = number % 3 != 2;
        using Sequential model = (number % 3) switch
        {
            0 => new Sequential { Convolutional(seed), new Dropout(0.3f, seed), new Dense(5, "softmax", kernelInitializer: new GlorotUniform(seed + 9)) },
            1 => new Sequential
            {
                new DepthwiseConv2D(3, depthwiseInitializer: new GlorotUniform(seed)), new BatchNormalization(), new ReLU(),
                new Conv2D(8, 3, strides: 2, kernelInitializer: new GlorotUniform(seed + 1)), new AveragePooling2D(2), new Flatten(),
                new Dense(5, "softmax", kernelInitializer: new GlorotUniform(seed + 2), kernelRegularizer: new L2(0.01f)),
            },
            _ => new Sequential
            {
                new Dense(40, "gelu", kernelInitializer: new GlorotUniform(seed)), new LayerNormalization(), new GaussianNoise(0.1f, seed),
                new Dense(3, kernelInitializer: new GlorotUniform(seed + 1)),
            },
        };
        Optimizer optimizer = (number % 3) switch { 0 => new Adam(0.01f), 1 => new SGD(0.01f, momentum: 0.9f), _ => new RMSprop(0.01f) };
        model.Compile(optimizer, pictures ? new CategoricalFocalLoss() : new MeanSquaredError());
        var losses = new List<float>();
        for (int batch = 0; batch < s_batches; batch++)
            losses.Add((float)(pictures ? model.TrainOnBatch(s_pictures, s_labels) : model.TrainOnBatch(s_rows, s_numbers))["loss"]);
        return [.. losses, .. model.Variables.SelectMany(variable => variable.Value.ToArray())];
    }

    private static Sequential Convolutional(ulong seed) => new()
    {
        new Conv2D(8, 3, activation: "relu", kernelInitializer: new GlorotUniform(seed)), new MaxPooling2D(2),
        new Conv2D(8, 3, padding: Padding.Same, kernelInitializer: new GlorotUniform(seed + 1)), new BatchNormalization(), new Flatten(),
    };

    private static NDArray OneHot(int rows, int classes) =>
        NDArray.From([rows, classes], [.. Enumerable.Range(0, rows * classes).Select(i => i % classes == (i / classes * 2) % classes ? 1f : 0)]);
}

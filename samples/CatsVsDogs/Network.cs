using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs;

/// <summary>
/// The network: three convolutions, each halved by pooling, and two dense layers; 11,099,938 parameters for pictures of 224×224.
/// </summary>
internal static class Network
{
    /// <summary>The network with its first weights, ready to be trained or to be given trained ones.</summary>
    /// <param name="side">The height and width of its pictures.</param>
    /// <param name="bias">The bias that the last layer begins with; zeros when null.</param>
    /// <param name="isAugmented">
    /// Whether training sees every picture mirrored at random, turned by up to 18 degrees and scaled by up to a tenth.
    /// </param>
    /// <param name="dropout">The part of the features before each of the dense layers that training leaves out at random.</param>
    public static Sequential Create(int side = 224, Initializer? bias = null, bool isAugmented = false, float dropout = 0)
    {
        Layer[] augmentation = isAugmented ? [new RandomFlip(FlipMode.Horizontal), new RandomRotation(0.05f), new RandomZoom(0.1f)] : [];
        Layer[] Dropped() => dropout > 0 ? [new Dropout(dropout)] : [];
        var model = new Sequential(
        [
            .. augmentation,
            new Conv2D(16, 3, activation: Activation.Relu), new MaxPooling2D(2),
            new Conv2D(32, 3, activation: Activation.Relu), new MaxPooling2D(2),
            new Conv2D(64, 3, activation: Activation.Relu), new MaxPooling2D(2),
            new Flatten(),
            .. Dropped(), new Dense(256, activation: Activation.Relu),
            .. Dropped(), new Dense(2, activation: Activation.Softmax, biasInitializer: bias),
        ]);
        model.Build((Shape.Unknown, side, side, 3));
        return model;
    }

    /// <summary>The network with trained weights, ready to be evaluated.</summary>
    /// <param name="path">The file of weights.</param>
    /// <exception cref="InvalidDataException">The file holds no weights, or not this network's.</exception>
    public static Sequential Load(string path)
    {
        Sequential model = Create();
        try
        {
            Compile(model);
            model.LoadWeights(path);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Chooses what training minimises, and how.</summary>
    public static void Compile(
        Sequential model, float learningRate = 0.001f, float alpha = 0.25f, float gamma = 2, float l1 = 0, float l2 = 0,
        bool jitCompile = false) =>
        model.Compile(
            new Adam(learningRate), new CategoricalFocalLoss(alpha, gamma, l1, l2), metrics: [new CategoricalAccuracy()], jitCompile: jitCompile);
}

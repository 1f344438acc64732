using Numerics.Tensors;
using SkiaSharp;

namespace Numerics.Samples.CatsVsDogs.Drawings;

/// <summary>One picture of a cat or a dog: a pure function of seed, species and number.</summary>
internal static class Drawing
{
    /// <summary>Draws a picture.</summary>
    /// <param name="seed">The seed of the set.</param>
    /// <param name="species">What to draw.</param>
    /// <param name="number">Which picture of the species.</param>
    /// <returns>A JPEG file.</returns>
    public static byte[] Draw(ulong seed, Species species, int number)
    {
        // Each part has a stream of its own, so that what one draws never depends on how much another needed: scene, coat
        // and camera of cats and dogs come from the same distributions.
        ulong stream = ((ulong)number << 8) | ((ulong)species << 4);
        var scene = new RandomStream(new RandomKey(seed, stream));
        (int width, int height) = Size(scene);
        using var picture = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(picture))
        {
            new Scenery(scene).Draw(canvas, width, height);
            var coat = new Coat(new RandomStream(new RandomKey(seed, stream + 1)));
            var traits = new RandomStream(new RandomKey(seed, stream + 2));
            Animal animal = species == Species.Cat ? new Cat(traits, coat) : new Dog(traits, coat);
            Place(canvas, animal, new RandomStream(new RandomKey(seed, stream + 3)), width, height);
        }

        return new Camera(new RandomStream(new RandomKey(seed, stream + 4)), new RandomKey(seed, stream + 5)).Shoot(picture);
    }

    private static (int Width, int Height) Size(RandomStream random)
    {
        int longer = (int)random.Range(240, 500);
        int shorter = (int)(longer * random.Range(0.7f, 1));
        return random.Chance(0.65f) ? (longer, shorter) : (shorter, longer);
    }

    private static void Place(SKCanvas canvas, Animal animal, RandomStream random, int width, int height)
    {
        float kind = random.Uniform();
        Pose pose = kind < 0.62f ? Pose.Portrait : kind < 0.74f ? Pose.Profile : kind < 0.87f ? Pose.Sitting : kind < 0.95f ? Pose.Lying : Pose.Standing;
        SKRect extent = Animal.Extent(pose);
        float scale = Math.Min(width / extent.Width, height / extent.Height) * random.Range(0.86f, 1.1f);
        float freeX = Math.Max(0, width - (extent.Width * scale)), freeY = Math.Max(0, height - (extent.Height * scale));
        float tilt = pose is Pose.Portrait or Pose.Profile ? 10 : 4;

        int state = canvas.Save();
        canvas.Translate((width / 2f) + (freeX * random.Range(-0.35f, 0.35f)), (height / 2f) + (freeY * random.Range(-0.2f, 0.5f)));
        canvas.RotateDegrees(random.Range(-tilt, tilt));
        canvas.Scale(scale * random.Sign(), scale);
        canvas.Translate(-extent.MidX, -extent.MidY);
        animal.Draw(canvas, pose);
        canvas.RestoreToCount(state);
    }
}

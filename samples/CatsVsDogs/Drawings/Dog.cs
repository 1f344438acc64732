using SkiaSharp;

namespace Numerics.Samples.CatsVsDogs.Drawings;

/// <summary>A dog: a long head with a big nose on a broad snout, round eyes, often a tongue, ears of one of three kinds.</summary>
internal sealed class Dog : Animal
{
    private readonly float _width;
    private readonly float _height;
    private readonly float _earLength;
    private readonly float _eyeSize;
    private readonly float _muzzleWidth;
    private readonly float _muzzleHeight;
    private readonly float _noseSize;
    private readonly float _tongue;
    private readonly bool _eyePatch;
    private readonly SKColor _earColour;
    private readonly DogEars _ears;

    public Dog(RandomStream random, Coat coat)
        : base(random, coat)
    {
        _width = random.Range(0.8f, 0.96f);
        _height = random.Range(0.95f, 1.1f);
        _earLength = random.Range(0.75f, 1.15f);
        _eyeSize = random.Range(0.13f, 0.18f);
        _muzzleWidth = random.Range(0.46f, 0.6f);
        _muzzleHeight = random.Range(0.42f, 0.54f);
        _noseSize = random.Range(0.2f, 0.28f);
        _tongue = random.Chance(0.55f) ? random.Range(0.3f, 0.6f) : 0;
        _eyePatch = random.Chance(0.25f);
        _earColour = coat.Pattern switch
        {
            CoatPattern.Pointed => coat.Points,
            _ => random.Chance(0.5f) ? coat.Marking : coat.Base.Darker(0.25f),
        };
        float kind = random.Uniform();
        _ears = kind < 0.64f ? DogEars.Floppy : kind < 0.88f ? DogEars.Folded : DogEars.Pricked;
    }

    protected override void DrawFace(SKCanvas canvas)
    {
        float w = _width, h = _height;
        if (_ears != DogEars.Floppy)
            DrawEars(canvas);
        Paint(canvas, Outlines.Symmetric(
            new(0, -h), new(0.55f * w, -h), new(0.98f * w, -0.7f * h), new(0.97f * w, -0.15f * h),
            new(0.95f * w, 0.35f * h), new(0.65f * w, h), new(0, h)), marked: true);
        if (Coat.Pattern == CoatPattern.Tuxedo)
            Fill(canvas, Outlines.Closed(new(0, -0.95f * h), new(0.16f, -0.6f), new(0.12f, -0.2f), new(0.3f, 0.3f), new(0.1f, 0.4f), new(-0.1f, 0.4f), new(-0.3f, 0.3f), new(-0.12f, -0.2f), new(-0.16f, -0.6f), new(0, -0.95f * h)), Coat.Light);
        if (_eyePatch)
            Paint(canvas, Outlines.Oval(0.42f * w, -0.22f * h, 0.34f, 0.38f, 12), Coat.Marking);
        if (_ears == DogEars.Floppy)
            DrawEars(canvas);
        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
            DrawEye(canvas, side * 0.42f * w, -0.2f * h, side);
        DrawMuzzle(canvas);
    }

    protected override void DrawProfile(SKCanvas canvas)
    {
        float snout = 1.0f + (_muzzleWidth * 0.55f), nose = _noseSize * 0.8f, jaw = 0.5f + (_muzzleHeight * 0.25f);
        if (_tongue > 0)
            Fill(canvas, Outlines.Limb(0.24f, new(snout - 0.32f, 0.4f), new(snout - 0.22f, 0.6f), new(snout - 0.24f, 0.6f), new(snout - 0.27f, 0.5f + _tongue)), Tongue);
        if (_ears == DogEars.Pricked)
        {
            Paint(canvas, Outlines.Closed(
                new(0.2f, -0.6f), new(0.15f, -0.9f), new(0.05f, -1.2f), new(-0.1f, -1.5f), new(-0.35f, -1.2f), new(-0.55f, -0.9f), new(-0.55f, -0.4f)), _earColour);
        }

        Paint(canvas, Outlines.Closed(
            new(-0.1f, -0.85f), new(0.3f, -0.88f), new(0.52f, -0.62f), new(0.56f, -0.36f),
            new(0.7f, -0.22f), new(snout - 0.3f, -0.24f), new(snout - 0.1f, -0.2f),
            new(snout + 0.08f, -0.16f), new(snout + 0.1f, 0.22f), new(snout - 0.02f, 0.36f),
            new(snout - 0.25f, jaw + 0.1f), new(0.7f, jaw + 0.1f), new(0.4f, jaw + 0.18f),
            new(-0.4f, 0.98f), new(-0.9f, 0.5f), new(-0.85f, -0.05f),
            new(-0.8f, -0.55f), new(-0.5f, -0.85f), new(-0.1f, -0.85f)), marked: true);
        Paint(canvas, Outlines.Closed(
            new(0.7f, -0.1f), new(snout - 0.3f, -0.14f), new(snout - 0.02f, -0.12f), new(snout, 0.08f),
            new(snout + 0.04f, 0.35f), new(snout - 0.25f, jaw + 0.02f), new(0.72f, jaw + 0.02f),
            new(0.5f, 0.45f), new(0.5f, 0.02f), new(0.7f, -0.1f)), Muzzle);
        Fill(canvas, Outlines.Oval(snout - 0.03f, -0.12f, nose, nose * 0.9f, 12), NoseColour);
        Fill(canvas, Outlines.Oval(snout - 0.06f, -0.19f, nose * 0.35f, nose * 0.2f), SKColors.White.Faded(0.6f));
        Line(canvas, Coat.Line, 0.045f, new(snout - 0.02f, 0.18f), new(snout - 0.2f, 0.46f), new(0.52f, 0.28f));
        DrawEye(canvas, 0.32f, -0.28f, 1);
        if (_ears == DogEars.Floppy)
        {
            Paint(canvas, Outlines.Closed(
                new(-0.15f, -0.62f), new(0.15f, -0.4f), new(0.12f, 0.1f), new(-0.05f, (0.55f * _earLength) + 0.15f),
                new(-0.15f, _earLength * 0.95f), new(-0.6f, _earLength * 0.9f), new(-0.65f, 0.3f),
                new(-0.75f, -0.1f), new(-0.6f, -0.6f), new(-0.15f, -0.62f)), _earColour);
        }
        else if (_ears == DogEars.Folded)
        {
            Paint(canvas, Outlines.Closed(
                new(-0.55f, -0.4f), new(-0.65f, -0.8f), new(-0.5f, -1.05f), new(-0.25f, -1.05f),
                new(0.05f, -1.0f), new(0.15f, -0.75f), new(0.2f, -0.4f), new(0.0f, -0.55f), new(-0.2f, -0.65f), new(-0.55f, -0.4f)), _earColour);
        }
    }

    protected override void DrawTail(SKCanvas canvas, SKPoint root, float side)
    {
        float x = root.X, y = root.Y, lift = Random.Range(0.3f, 1.1f), reach = Random.Range(0.55f, 0.95f);
        Paint(canvas, Outlines.Closed(
            new(x, y + 0.17f), new(x + (side * 0.5f * reach), y + 0.2f), new(x + (side * 0.9f * reach), y - (0.3f * lift)), new(x + (side * reach), y - lift),
            new(x + (side * 0.65f * reach), y - (0.5f * lift)), new(x + (side * 0.4f * reach), y - 0.15f), new(x, y - 0.2f)), _earColour);
    }

    private static SKColor Tongue => new(0xE0, 0x74, 0x80);

    private SKColor Muzzle => Coat.Pattern == CoatPattern.Pointed ? Coat.Points : Coat.Light;

    // A dog's nose is dark as often as a cat's is; it is only larger.
    private SKColor NoseColour => Coat.Skin.Darker(0.2f);

    private void DrawEars(SKCanvas canvas)
    {
        float w = _width, h = _height, l = _earLength;
        SKPath right = _ears switch
        {
            DogEars.Floppy => Outlines.Closed(
                new(0.5f * w, -0.88f * h), new(0.95f * w, -1.1f * h), new(1.4f * w, -0.6f * h), new(1.4f * w, -0.5f + (0.75f * l)),
                new(1.4f * w, -0.3f + l), new(1.0f * w, -0.25f + l), new(0.9f * w, -0.55f + (0.6f * l)),
                new(0.8f * w, -0.3f * h), new(0.7f * w, -0.6f * h), new(0.5f * w, -0.88f * h)),
            DogEars.Folded => Outlines.Closed(
                new(0.3f * w, -0.85f * h), new(0.5f * w, -1.35f * h), new(0.95f * w, -1.35f * h), new(1.05f * w, -1.1f * h),
                new(1.35f * w, -0.9f * h), new(1.4f * w, -0.6f * h), new(1.3f * w, -0.38f * h),
                new(1.1f * w, -0.5f * h), new(0.95f * w, -0.55f * h), new(0.85f * w, -0.45f * h)),
            _ => Outlines.Closed(
                new(0.2f * w, -0.85f * h), new(0.3f * w, -1.2f * h), new(0.5f * w, -1.4f * h), new(0.72f * w, -1.5f * h),
                new(0.95f * w, -1.3f * h), new(1.0f * w, -0.8f * h), new(0.92f * w, -0.4f * h)),
        };
        using (SKPath left = Outlines.Mirrored(right))
            Coat.Paint(canvas, left, _earColour);
        Paint(canvas, right, _earColour);
        if (_ears != DogEars.Pricked)
            return;
        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
            Fill(canvas, Outlines.Oval(side * 0.66f * w, -1.08f * h, 0.11f, 0.26f, side * 10), _earColour.Towards(new SKColor(0xDB, 0x9A, 0x95), 0.5f));
    }

    private void DrawEye(SKCanvas canvas, float x, float y, float side)
    {
        float r = _eyeSize;
        Fill(canvas, Outlines.Oval(x, y, r * 1.22f, r * 1.15f), new SKColor(0x20, 0x18, 0x16));
        Fill(canvas, Outlines.Oval(x, y, r, r), Coat.Eyes.Darker(0.25f));
        Fill(canvas, Outlines.Oval(x, y, r * 0.62f, r * 0.62f), SKColors.Black);
        Fill(canvas, Outlines.Oval(x + (0.3f * r), y - (0.35f * r), r * 0.26f, r * 0.26f), SKColors.White.Faded(0.95f));
        Line(canvas, Coat.Line.Faded(0.6f), 0.05f, new(x - (side * r), y - (1.9f * r)), new(x, y - (2.5f * r)), new(x + (side * r), y - (1.7f * r)));
    }

    private void DrawMuzzle(SKCanvas canvas)
    {
        float w = _muzzleWidth, h = _muzzleHeight, y = 0.48f * _height, nose = _noseSize;
        float noseY = y - (0.55f * h), mouthY = y + (0.25f * h);
        if (_tongue > 0)
        {
            Fill(canvas, Outlines.Limb(0.3f, new(0, mouthY + 0.1f), new(0.02f, mouthY + 0.1f + _tongue)), Tongue);
            Line(canvas, Tongue.Darker(0.25f), 0.03f, new(0, mouthY + 0.1f), new(0.03f, mouthY + 0.2f), new(0.02f, mouthY + _tongue));
        }

        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
            Paint(canvas, Outlines.Oval(side * 0.24f, mouthY - 0.06f, w * 0.62f, h * 0.5f, side * 14), Muzzle);
        Paint(canvas, Outlines.Oval(0, y - (0.3f * h), w * 0.72f, h * 0.72f), Muzzle);
        Fill(canvas, Outlines.Symmetric(
            new(0, noseY - (0.75f * nose)), new(0.9f * nose, noseY - (0.85f * nose)), new(1.45f * nose, noseY - (0.1f * nose)), new(0.75f * nose, noseY + (0.45f * nose)),
            new(0.4f * nose, noseY + (0.8f * nose)), new(0.2f * nose, noseY + (0.85f * nose)), new(0, noseY + (0.85f * nose))), NoseColour);
        Fill(canvas, Outlines.Oval(0, noseY - (0.4f * nose), 0.45f * nose, 0.18f * nose), SKColors.White.Faded(0.5f));
        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
            Fill(canvas, Outlines.Oval(side * 0.42f * nose, noseY + (0.2f * nose), 0.2f * nose, 0.14f * nose, side * -20), NoseColour.Darker(0.6f));
        Line(canvas, Coat.Line, 0.045f, new(0, noseY + (0.8f * nose)), new(0, mouthY), new(0, mouthY + 0.08f));
        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
        {
            Line(canvas, Coat.Line, 0.045f, new(0, mouthY + 0.08f), new(side * 0.28f, mouthY + 0.26f), new(side * w * 0.92f, mouthY - 0.02f));
            for (int i = 0; i < 3; i++)
                Fill(canvas, Outlines.Oval(side * (0.2f + (0.09f * i)), mouthY - 0.08f + (0.05f * (i % 2)), 0.018f, 0.018f), Coat.Line.Faded(0.6f));
        }
    }
}

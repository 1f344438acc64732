using ScottPlot;
using SkiaSharp;

namespace Numerics.Samples.CatsVsDogs.Plots;

/// <summary>
/// The font of all plots, which the program carries along: without an installed font plots have no text, and with another they
/// would look different on every machine.
/// </summary>
internal sealed class PlotFont : IFontResolver
{
    /// <summary>The family's name.</summary>
    public const string Family = "DejaVu Sans";

    private readonly byte[] _file;

    private PlotFont() => _file = ReadResource();

    /// <summary>Makes it the font of plots. Once a process is enough.</summary>
    public static PlotFont Install()
    {
        var font = new PlotFont();

        // First, so that an installed font of the same name does not come before it.
        Fonts.FontResolvers.Insert(0, font);
        Fonts.Default = Fonts.Sans = Family;
        return font;
    }

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        CreateTypeface(fontName, bold: false, italic: false);

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic)
    {
        if (fontName != Family)
            return null;
        using var data = SKData.CreateCopy(_file);
        return SKTypeface.FromData(data);
    }

    /// <summary>The font, to draw with; the caller disposes of it.</summary>
    public static SKTypeface Typeface()
    {
        using var data = SKData.CreateCopy(ReadResource());
        return SKTypeface.FromData(data);
    }

    private static byte[] ReadResource()
    {
        using Stream stream = typeof(PlotFont).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        return file;
    }
}

using System.Buffers.Binary;
using SkiaSharp;

namespace Numerics.Data.Tests;

/// <summary>Picture files in memory: encoded here where that is possible, else small files of other encoders.</summary>
internal static class TestPictures
{
    /// <summary>The colour of every picture that has only one.</summary>
    public static readonly byte[] Colour = [200, 40, 10];

    // 16 x 16 JPEG with 4:2:0 chroma, and its pixels as djpeg of libjpeg-turbo gives them.
    private const string Colour420 =
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYn"
        + "KSopGR8tMC0oMCUoKSj/2wBDAQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgo"
        + "KCgoKCgoKCj/wAARCAAQABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAb/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QA"
        + "FAEBAAAAAAAAAAAAAAAAAAAABf/EABcRAQADAAAAAAAAAAAAAAAAAAUAITH/2gAMAwEAAhEDEQA/AIQA2sRtREhfLn//2Q==";

    private const string Colour420Pixels =
        "aUJ7bEF3cT9ydz5pfztihTpZjDhQkjdJljZEnDQ9ozI2qjAtsS4muCwdvCsWvyoSZkJ/aUJ7b0B2dD9tfTxkgjtdiTlUjzdNkzZI"
        + "mTVBoDM5pzExri8ptS0huSwavCsWYUSGY0OCaUF9b0B0dz5rfT1ihDpbiTlUjzdPlDZImjRBoTI4qDAxry4otS0huCwdW0WOXEWL"
        + "YkSEaUF9cEBydz5rfTxkgjtdiDlYjTdQkzZJmjRBozI4qDAxri8psS4mVEeXVUeUW0WNYUSGaUF9cEB0dj5tez1mgTtghjlZjDhS"
        + "kzZJmjRBoTI5pzAyqjAvTUmgUEidVEeWW0WOYkOGaUF9cD92dD5vej1pfztihjlZjDhSkzZJmjRBoDI7ozI4RkunSUqkTkieVUeW"
        + "XEWNYkOGaUF9b0B2dD5weD1pfztihjlZjTdQlDVJmTRCnDQ/QEyuQ0yrSUqmUEidV0aUXEWNY0OEaUF9b0B3cz9wej1pgTtgiDlY"
        + "jzdQkzZJljVGO061Pk2yQ0yrSkqkUUibWEaSX0SLY0OEaUF/b0B3dj5vezxngjpfiTlWjzdQkjZNNU+9OE+5Pk2yQ0yrTEmiU0eZ"
        + "WkWSXkSLY0OGaUF/cD93dj5vfTxmhDpdiThYjDdUMFHFMlDCN0+7Pk2yRkupTEmiU0ebWEWUXkSOYkOGaUF/cD92dz1tfTxmgjpg"
        + "hTldKVLOK1LLMVDEN0+7P0yyRUupTEmkUUedV0aWXESOYkOHaUF/cD92dj5vfTxnfjtkIlTXJFTUKlLMMFHFN0+7Pk2yRUutSkmm"
        + "UEieVUaXW0WQYUOJaUGAb0B3dj1wdz1tG1beHVbbI1TVKlLMMVDEN0+7Pk20Q0utSUqnTkigVEeZW0WQYkOHaUGAbz95cT52FVjl"
        + "GFfiHVbbJFTUK1LLMlDCOE67Pk20Q0uuSUqnUEegVUaXXESOY0OGaUGAbEB9ElnpFVjlG1beIlXVKVLOMFHFNU++O063QEyyRkqr"
        + "TUikU0ebW0SSYUOJZkGEaUGA";

    // The same picture as a progressive JPEG.
    private const string ProgressiveFile =
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYn"
        + "KSopGR8tMC0oMCUoKSj/2wBDAQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgo"
        + "KCgoKCgoKCj/wgARCAAQABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/xAAUAQEAAAAAAAAAAAAAAAAAAAAE/9oA"
        + "DAMBAAIQAxAAAAGCGo//xAAUEAEAAAAAAAAAAAAAAAAAAAAg/9oACAEBAAEFAh//xAAVEQEBAAAAAAAAAAAAAAAAAAAEAP/aAAgB"
        + "AwEBPwEi7//EABURAQEAAAAAAAAAAAAAAAAAAAQA/9oACAECAQE/AVEv/8QAFBABAAAAAAAAAAAAAAAAAAAAIP/aAAgBAQAGPwIf"
        + "/8QAFBABAAAAAAAAAAAAAAAAAAAAIP/aAAgBAQABPyEf/9oADAMBAAIAAwAAABD/AP/EABYRAAMAAAAAAAAAAAAAAAAAAAAhMf/a"
        + "AAgBAwEBPxCTP//EABYRAAMAAAAAAAAAAAAAAAAAAAAhMf/aAAgBAgEBPxCyP//EABQQAQAAAAAAAAAAAAAAAAAAACD/2gAIAQEA"
        + "AT8QH//Z";

    // 8 x 8 pixels of the one colour, written by ImageMagick: CMYK as Adobe's programs store it, its luma alone, a GIF.
    private const string CmykFile =
        "/9j/7gAOQWRvYmUAZAAAAAAC/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUV"
        + "FQwPFxgWFBgSFBUU/9sAQwEDBAQFBAUJBQUJFA0LDRQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU"
        + "FBQUFBQU/8AAFAgACAAIBAERAAIRAQMRAQQRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAYI/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/E"
        + "ABUBAQEAAAAAAAAAAAAAAAAAAAgJ/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAA4EAQACEQMRBAAAPwBmRqc6wH//2Q==";

    private const string GrayFile =
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMU"
        + "FRUVDA8XGBYUGBIUFRT/wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAI"
        + "AQEAAD8ANT//2Q==";

    private const string GifFile = "R0lGODlhCAAIAPAAAMgoCgAAACH5BAAAAAAALAAAAAAIAAgAAAIHhI+py+1dAAA7";

    public static byte[] SubsampledJpeg => Convert.FromBase64String(Colour420);

    public static byte[] SubsampledJpegPixels => Convert.FromBase64String(Colour420Pixels);

    public static byte[] ProgressiveJpeg => Convert.FromBase64String(ProgressiveFile);

    public static byte[] CmykJpeg => Convert.FromBase64String(CmykFile);

    public static byte[] GrayJpeg => Convert.FromBase64String(GrayFile);

    public static byte[] Gif => Convert.FromBase64String(GifFile);

    /// <summary>A picture of one colour.</summary>
    public static byte[] Solid(
        SKEncodedImageFormat format, byte[] colour, int width = 12, int height = 9, byte alpha = 255, SKColorSpace? profile = null) =>
        Encode(format, width, height, (_, _) => new SKColor(colour[0], colour[1], colour[2], alpha), profile);

    /// <summary>A picture of noise, the same for the same size.</summary>
    public static byte[] Noise(SKEncodedImageFormat format, int width, int height, out byte[] pixels)
    {
        byte[] noise = pixels = new byte[width * height * 3];
        new Random(width + (1000 * height)).NextBytes(noise);
        return Encode(format, width, height, (x, y) =>
        {
            int i = ((y * width) + x) * 3;
            return new SKColor(noise[i], noise[i + 1], noise[i + 2]);
        });
    }

    /// <summary>An uncompressed BMP of 24 bits a pixel, rows from the bottom up, of one colour.</summary>
    public static byte[] Bmp(byte[] colour)
    {
        const int Side = 8, HeaderLength = 54;
        byte[] file = new byte[HeaderLength + (Side * Side * 3)];
        file[0] = (byte)'B';
        file[1] = (byte)'M';
        (int Offset, int Value)[] fields =
            [(2, file.Length), (10, HeaderLength), (14, 40), (18, Side), (22, Side), (26, 1 | (24 << 16))];
        foreach (var (offset, value) in fields)
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(offset), value);
        for (int i = HeaderLength; i < file.Length; i += 3)
            (file[i], file[i + 1], file[i + 2]) = (colour[2], colour[1], colour[0]);
        return file;
    }

    /// <summary>A JPEG with an EXIF segment that asks for a rotation by 90 degrees (orientation 6).</summary>
    public static byte[] WithExifRotation(byte[] jpeg) =>
    [
        0xFF, 0xD8, 0xFF, 0xE1, 0, 34, .. "Exif\0\0II*\0"u8, 8, 0, 0, 0, 1, 0,
        0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, .. jpeg[2..],
    ];

    private static byte[] Encode(
        SKEncodedImageFormat format, int width, int height, Func<int, int, SKColor> colour, SKColorSpace? profile = null)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul, profile));
        Span<byte> pixels = bitmap.GetPixelSpan();
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                SKColor c = colour(x, y);
                int i = ((y * width) + x) * 4;
                (pixels[i], pixels[i + 1], pixels[i + 2], pixels[i + 3]) = (c.Red, c.Green, c.Blue, c.Alpha);
            }
        }

        using SKData data = bitmap.Encode(format, 95);
        return data.ToArray();
    }
}

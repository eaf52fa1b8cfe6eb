using NeuralNetFromScratch.Images;
using NeuralNetFromScratch.Tests.Data;
using SkiaSharp;

namespace NeuralNetFromScratch.Tests.Images;

public class DecodingTests
{
    [Test]
    public void A_picture_is_decoded_as_viewers_show_it(
        [Values(SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp)] SKEncodedImageFormat format, [Range(1, 8)] int orientation)
    {
        using SKBitmap upright = PictureDrawing.Seven(300, 360);
        RgbaImage image = RgbaImage.Decode(PictureDrawing.Oriented(upright, format, orientation));
        Assert.That((image.Width, image.Height), Is.EqualTo((300, 360)));
        double difference = 0;
        for (int i = 0; i < 300 * 360; i++)
            difference += Math.Abs(image.Pixels[4 * i] - upright.GetPixel(i % 300, i / 300).Red) / (300.0 * 360);
        Assert.That(difference, Is.LessThan(1));
    }

    [Test]
    public void Orientation_is_left_alone_if_asked()
    {
        using SKBitmap upright = PictureDrawing.Seven(300, 360);
        RgbaImage image = RgbaImage.Decode(PictureDrawing.Oriented(upright, SKEncodedImageFormat.Jpeg, 6), new ImageLoadOptions { AppliesOrientation = false });
        Assert.That((image.Width, image.Height), Is.EqualTo((360, 300)));
    }

    [Test]
    public void Alpha_is_not_multiplied_into_colours()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(2, 1, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        bitmap.SetPixel(0, 0, new SKColor(200, 100, 40, 128));
        bitmap.SetPixel(1, 0, new SKColor(1, 2, 3, 255));
        Assert.That(RgbaImage.Decode(bitmap.Encoded()).Pixels.ToArray(), Is.EqualTo((byte[])[200, 100, 40, 128, 1, 2, 3, 255]).Within(1));
    }

    [Test]
    public void GIF_and_BMP_are_decoded()
    {
        byte[] gif = [.. "GIF89a"u8, 2, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255, 0x2C, 0, 0, 0, 0, 2, 0, 1, 0, 0, 7, 4, 128, 0, 1, 129, 0, 0x3B];
        Assert.That(RgbaImage.Decode(gif).Pixels.ToArray(), Is.EqualTo((byte[])[255, 0, 0, 255, 0, 0, 255, 255]));
        byte[] bmp =
        [
            .. "BM"u8, 62, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0,
            8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 30, 20, 10, 60, 50, 40, 0, 0,
        ];
        Assert.That(RgbaImage.Decode(bmp).Pixels.ToArray(), Is.EqualTo((byte[])[10, 20, 30, 255, 40, 50, 60, 255]));
    }

    [Test]
    public void A_JPEG_is_reduced_while_it_is_decoded()
    {
        using SKBitmap large = PictureDrawing.Seven(1600, 1200);
        RgbaImage image = RgbaImage.Decode(large.Encoded(SKEncodedImageFormat.Jpeg), new ImageLoadOptions { ReduceTo = 300 });
        Assert.That((image.Width, image.Height, image.SourceWidth, image.SourceHeight), Is.EqualTo((400, 300, 1600, 1200)));
    }

    [Test]
    public void A_picture_with_too_many_pixels_is_refused_before_it_is_decoded()
    {
        byte[] png = PictureDrawing.BlankPng(16_384, 16_384);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => RgbaImage.Decode(png), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("16384 × 16384").And.Message.Contains("MaxPixels"));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000_000));
    }

    [Test]
    public void A_broken_file_is_named()
    {
        using var folder = new TemporaryFolder();
        using SKBitmap seven = PictureDrawing.Seven();
        foreach (SKEncodedImageFormat format in (SKEncodedImageFormat[])[SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Webp])
        {
            byte[] whole = seven.Encoded(format);
            string path = folder.File($"cut.{format}");
            foreach (int length in (int[])[0, 1, 3, 12, 40, whole.Length / 2, whole.Length * 3 / 4])
            {
                File.WriteAllBytes(path, whole[..length]);
                Assert.That(() => RgbaImage.Load(path), Throws.InstanceOf<InvalidDataException>().With.Message.StartsWith(path), $"{format} cut to {length} bytes");
            }
        }

        File.WriteAllText(folder.File("text.png"), "this is no picture");
        Assert.That(() => RgbaImage.Load(folder.File("text.png")), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("text.png: not an image"));
        Assert.That(() => RgbaImage.Load(folder.File("none.png")), Throws.InstanceOf<FileNotFoundException>());
    }

    [Test]
    public void Damaged_bytes_never_give_anything_but_a_picture_or_an_error()
    {
        using SKBitmap seven = PictureDrawing.Seven(60, 60, scale: 0.2f);
        var random = new RandomSource(3);
        foreach (SKEncodedImageFormat format in (SKEncodedImageFormat[])[SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Webp])
        {
            byte[] whole = PictureDrawing.Oriented(seven, format, 6);
            for (int i = 0; i < 300; i++)
            {
                byte[] damaged = (byte[])whole.Clone();
                for (ulong k = 0; k < 3; k++)
                    damaged[random.Below(8 * (ulong)i + k, whole.Length)] = (byte)random.Bits(8 * (ulong)i + 4 + k);
                try
                {
                    Assert.That(RgbaImage.Decode(damaged, new ImageLoadOptions { MaxPixels = 100_000 }).Width, Is.Positive);
                }
                catch (InvalidDataException exception)
                {
                    Assert.That(exception.Message, Does.StartWith("image: "));
                }
            }
        }
    }
}

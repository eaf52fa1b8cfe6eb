using NeuralNetFromScratch.Images;

namespace NeuralNetFromScratch.Tests.Images;

public class ImagePreparationTests
{
    [Test]
    public void Area_gives_the_mean_over_what_a_pixel_covers([Values(3, 4, 7, 12, 20)] int height, [Values(2, 5, 9, 15)] int width)
    {
        RgbaImage image = Picture(12, 15);
        byte[] pixels = new ImagePreparation(height, width) { ResizeMode = ImageResizeMode.Stretch }.Apply(image);
        // A plain reference: each pixel of the picture is cut into height × width equal pieces.
        for (int i = 0; i < pixels.Length; i++)
        {
            int channel = i % 3, x = i / 3 % width, y = i / 3 / width;
            double sum = 0;
            for (int v = y * 15; v < (y + 1) * 15; v++)
            {
                for (int u = x * 12; u < (x + 1) * 12; u++)
                    sum += image.Pixels[(v / height * 12 + u / width) * 4 + channel];
            }

            Assert.That(pixels[i], Is.EqualTo(sum / (15 * 12)).Within(0.51));
        }
    }

    [Test]
    public void Bilinear_interpolates_between_pixel_centres()
    {
        RgbaImage image = Picture(7, 5);
        byte[] pixels = new ImagePreparation(13, 18, 1) { ResizeMode = ImageResizeMode.Stretch, Resampling = ImageResampling.Bilinear }.Apply(image);
        for (int i = 0; i < pixels.Length; i++)
        {
            double x = Math.Clamp((i % 18 + 0.5) * 7 / 18 - 0.5, 0, 6), y = Math.Clamp((i / 18 + 0.5) * 5 / 13 - 0.5, 0, 4);
            int left = Math.Min((int)x, 5), top = Math.Min((int)y, 3);
            double expected = 0;
            foreach ((int column, int row) in ((int, int)[])[(0, 0), (1, 0), (0, 1), (1, 1)])
                expected += Grey(image, left + column, top + row) * (1 - Math.Abs(x - left - column)) * (1 - Math.Abs(y - top - row));
            Assert.That(pixels[i], Is.EqualTo(expected).Within(0.51));
        }
    }

    [Test]
    public void Padding_keeps_the_proportions_and_shows_the_background()
    {
        RgbaImage image = Filled(40, 20, 200, 100, 50, 255);
        byte[] pixels = new ImagePreparation(10, 10) { Background = (1, 2, 3) }.Apply(image);
        for (int i = 0; i < 100; i++)
            Assert.That(pixels.AsSpan(i * 3, 3).ToArray(), Is.EqualTo(i / 10 is >= 2 and < 7 ? (byte[])[200, 100, 50] : [1, 2, 3]), $"pixel {i}");
    }

    [Test]
    public void Cropping_keeps_the_middle()
    {
        byte[] source = new byte[40 * 10 * 4];
        for (int i = 0; i < 400; i++)
            (source[4 * i], source[4 * i + 3]) = ((byte)(i % 40), 255);
        byte[] pixels = new ImagePreparation(5, 5) { ResizeMode = ImageResizeMode.Crop }.Apply(new RgbaImage(40, 10, source));
        Assert.That(Enumerable.Range(0, 5).Select(x => pixels[x * 3]), Is.EqualTo((byte[])[16, 18, 20, 22, 24]).Within(1));
    }

    [Test]
    public void What_is_transparent_lies_on_the_background()
    {
        RgbaImage image = Filled(8, 8, 200, 100, 50, 51);
        byte[] pixels = new ImagePreparation(2, 2) { Background = (255, 255, 255) }.Apply(image);
        Assert.That(pixels[..3], Is.EqualTo((byte[])[244, 224, 214]));
    }

    [Test]
    public void Sizes_out_of_range_are_refused()
    {
        Assert.That(() => new ImagePreparation(0, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ImagePreparation(1, 1, 2), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ImagePreparation(100_000, 100_000), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static double Grey(RgbaImage image, int x, int y)
    {
        ReadOnlySpan<byte> pixel = image.Pixels.Slice((y * image.Width + x) * 4, 4);
        return 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
    }

    private static RgbaImage Picture(int width, int height) =>
        new(width, height, [.. Enumerable.Range(0, width * height * 4).Select(i => i % 4 == 3 ? (byte)255 : (byte)new RandomSource(4).Bits((ulong)i))]);

    private static RgbaImage Filled(int width, int height, params byte[] colour) => new(width, height, [.. Enumerable.Range(0, width * height * 4).Select(i => colour[i % 4])]);
}

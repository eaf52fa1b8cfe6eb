namespace NeuralNetFromScratch.Tests.Data;

public class PictureAugmentationTests
{
    private const int Height = 4, Width = 5, Channels = 3;

    private static readonly Shape _shape = [Height, Width, Channels];

    private static readonly float[] _picture = [.. Enumerable.Range(1, Height * Width * Channels).Select(i => (float)i)];

    [Test]
    public void A_flip_mirrors_half_of_the_pictures([Values] bool horizontal, [Values] bool vertical)
    {
        var seen = new HashSet<(bool, bool)>();
        for (ulong seed = 0; seed < 64; seed++)
        {
            float[] result = Apply(new RandomFlip { Horizontal = horizontal, Vertical = vertical }, seed);
            bool isMirrored = result[0] % (Width * Channels) > Channels, isUpsideDown = result[0] > Width * Channels;
            seen.Add((isMirrored, isUpsideDown));
            Assert.That(result, Is.EqualTo(Picked((y, x) => (isUpsideDown ? Height - 1 - y : y, isMirrored ? Width - 1 - x : x))));
        }

        Assert.That(seen, Has.Count.EqualTo((horizontal ? 2 : 1) * (vertical ? 2 : 1)));
    }

    [Test]
    public void A_crop_moves_by_whole_pixels_and_fills_with_zeros([Values(0, 1, 2, 9)] int padding)
    {
        var seen = new HashSet<(int, int)>();
        for (ulong seed = 0; seed < 300; seed++)
        {
            float[] result = Apply(new RandomCrop(padding), seed);
            var random = new RandomSource(seed);
            int right = (int)Math.Floor(random.Uniform(0) * (2 * padding + 1)) - padding, down = (int)Math.Floor(random.Uniform(1) * (2 * padding + 1)) - padding;
            seen.Add((right, down));
            Assert.That(result, Is.EqualTo(Picked((y, x) => (y - down, x - right))), $"{right}, {down}");
        }

        Assert.That(seen.Select(move => move.Item1).Distinct().Count(), Is.EqualTo(2 * padding + 1));
    }

    [Test]
    public void Jitter_scales_around_black_and_around_the_mean()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            var random = new RandomSource(seed);
            double brightness = 1 + 0.4 * (2 * random.Uniform(0) - 1), contrast = 1 + 0.3 * (2 * random.Uniform(1) - 1), mean = _picture.Average() * brightness;
            Assert.That(
                Apply(new ColorJitter { Brightness = 0.4f, Contrast = 0.3f }, seed),
                Is.EqualTo(_picture.Select(value => (value * brightness - mean) * contrast + mean)).Within(1e-4));
        }

        Assert.That(Apply(new ColorJitter(), 1), Is.EqualTo(_picture));
    }

    [Test]
    public void Cutout_clears_a_square([Values(1, 2, 3, 100)] int size)
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            var random = new RandomSource(seed);
            int left = random.Below(0, Width) - size / 2, top = random.Below(1, Height) - size / 2;
            Assert.That(
                Apply(new Cutout(size), seed),
                Is.EqualTo(Picked((y, x) => y >= top && y < top + size && x >= left && x < left + size ? (-1, -1) : (y, x))));
        }
    }

    [Test]
    public void A_sequence_applies_one_after_the_other_with_random_numbers_of_their_own()
    {
        Augmentation both = new RandomCrop(2).Then(new Cutout(2));
        var random = new RandomSource(3);
        float[] between = new float[_picture.Length], expected = new float[_picture.Length];
        new RandomCrop(2).Apply(_picture, _shape, between, random.Fork(0), []);
        new Cutout(2).Apply(between, _shape, expected, random.Fork(1), []);
        Assert.That(Apply(both, 3), Is.EqualTo(expected));
        Assert.That(() => new RandomCrop(2).Then(null!), Throws.ArgumentNullException);
    }

    [Test]
    public void A_wrong_setting_or_shape_is_refused()
    {
        Assert.That(() => new RandomCrop(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Cutout(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ColorJitter { Brightness = float.NaN }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        foreach (Augmentation augmentation in (Augmentation[])[new RandomFlip(), new RandomCrop(1), new ColorJitter(), new Cutout(1), new RandomFlip().Then(new Cutout(1))])
            Assert.That(() => augmentation.Check([5]), Throws.ArgumentException.With.Message.Contains("[height, width"));
    }

    [Test]
    public void A_training_gives_the_same_bits_on_any_number_of_threads()
    {
        Dataset data = Dataset.FromArrays([.. Enumerable.Range(0, 60 * _picture.Length).Select(i => i * 7 % 11 / 10f)], _shape, [.. Enumerable.Range(0, 60).Select(i => i % 3)], 3);
        float[][] weights = [.. ((int[])[1, 2, 3]).Select(threads =>
        {
            var network = new Sequential(_shape, 1, new Dense(3));
            new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(), new TrainerOptions { ThreadCount = threads }).Fit(data, new FitOptions
            {
                Epochs = 2, BatchSize = 16,
                Augmentation = new RandomFlip().Then(new RandomCrop(1)).Then(new ColorJitter { Brightness = 0.2f, Contrast = 0.2f }).Then(new Cutout(2)),
            });
            return network.Parameters.Values.ToArray();
        })];
        Assert.That(weights[1], Is.EqualTo(weights[0]));
        Assert.That(weights[2], Is.EqualTo(weights[0]));
    }

    private static float[] Apply(Augmentation augmentation, ulong seed)
    {
        float[] result = new float[_picture.Length], scratch = new float[augmentation.ScratchLength(_shape)];
        Array.Fill(result, float.NaN);
        Array.Fill(scratch, float.NaN);
        augmentation.Apply(_picture, _shape, result, new RandomSource(seed), scratch);
        return result;
    }

    /// <summary>The picture whose pixel (y, x) is the one at another place of the original, or 0 outside.</summary>
    private static float[] Picked(Func<int, int, (int Y, int X)> place)
    {
        var result = new float[_picture.Length];
        for (int i = 0; i < result.Length; i++)
        {
            (int y, int x) = place(i / Channels / Width, i / Channels % Width);
            if (y is >= 0 and < Height && x is >= 0 and < Width)
                result[i] = _picture[(y * Width + x) * Channels + i % Channels];
        }

        return result;
    }
}

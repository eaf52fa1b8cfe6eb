using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Data;

public class ImageAugmentationTests
{
    private const int Height = 9, Width = 11;

    [Test]
    public void An_augmentation_without_settings_changes_nothing()
    {
        float[] image = TestValues.Uniform(Height * Width, 1);
        Assert.That(Apply(new ImageAugmentation(), image, 3), Is.EqualTo(image));
    }

    [TestCase(0, 0, 0, 0, 0)]
    [TestCase(2.5f, 0, 0, 0, 0)]
    [TestCase(0, 40, 0, 0, 0)]
    [TestCase(0, 0, 0.4f, 0, 0)]
    [TestCase(0, 0, 0, 0.5f, 0)]
    [TestCase(0, 0, 0, 0, 5)]
    [TestCase(1.5f, 15, 0.2f, 0.3f, 8)]
    public void Every_change_is_that_of_a_plain_reference(float shift, float rotation, float scale, float shear, float alpha)
    {
        var augmentation = new ImageAugmentation
        {
            MaxShift = shift, MaxRotation = rotation, Scale = (1 - scale, 1 + scale), MaxShear = shear, Elastic = (1.5f, alpha),
        };
        float[] image = TestValues.Uniform(Height * Width, 1, 0, 1);
        for (ulong seed = 0; seed < 5; seed++)
        {
            double[] expected = Reference(augmentation, image, new RandomSource(seed));
            float[] actual = Apply(augmentation, image, seed);
            Assert.That(actual, Is.EqualTo(expected).Within(2e-5), $"seed {seed}");
            if (shift + rotation + scale + shear + alpha > 0)
                Assert.That(actual, Is.Not.EqualTo(Apply(augmentation, image, seed + 1)));
        }
    }

    [Test]
    public void A_whole_pixel_shift_moves_the_pixels()
    {
        // Of many seeds one shifts by nearly a whole pixel to the right and not up or down.
        float[] image = new float[Height * Width];
        image[4 * Width + 5] = 1;
        var augmentation = new ImageAugmentation { MaxShift = 1 };
        for (ulong seed = 0; seed < 10_000; seed++)
        {
            var random = new RandomSource(seed);
            if (random.Uniform(0) < 0.99 || Math.Abs(random.Uniform(1) - 0.5) > 0.01)
                continue;
            Assert.That(Apply(augmentation, image, seed)[4 * Width + 6], Is.GreaterThan(0.95f));
            return;
        }

        Assert.Fail("no seed shifts to the right");
    }

    [Test]
    public void A_positive_turn_is_clockwise()
    {
        float[] image = new float[Height * Height];
        image[4 * Height + 7] = 1;
        var augmentation = new ImageAugmentation { MaxRotation = 90 };
        for (ulong seed = 0; seed < 10_000; seed++)
        {
            if (new RandomSource(seed).Uniform(2) < 0.999)
                continue;
            float[] result = new float[image.Length];
            augmentation.Apply(image, Shape.Create([Height, Height]), result, new RandomSource(seed), []);
            Assert.That(result[7 * Height + 4], Is.GreaterThan(0.9f), "what was on the right is below");
            return;
        }

        Assert.Fail("no seed turns by nearly 90 degrees");
    }

    [Test]
    public void Channels_move_together()
    {
        var augmentation = new ImageAugmentation { MaxShift = 2, MaxRotation = 20, Elastic = (2, 3) };
        float[] grey = TestValues.Uniform(Height * Width, 1), coloured = new float[3 * grey.Length], result = new float[coloured.Length];
        for (int i = 0; i < coloured.Length; i++)
            coloured[i] = grey[i / 3];
        augmentation.Apply(coloured, [Height, Width, 3], result, new RandomSource(4), new float[augmentation.ScratchLength([Height, Width, 3])]);
        float[] expected = Apply(augmentation, grey, 4);
        Assert.That(result, Is.EqualTo(expected.SelectMany(value => (float[])[value, value, value])));
    }

    [Test]
    public void Training_has_the_same_bits_at_any_number_of_threads_and_new_images_each_epoch([Values(2, 3, 7)] int threads)
    {
        Assert.That(Train(threads, 2), Is.EqualTo(Train(1, 2)));
        Assert.That(Train(1, 2, augment: false), Is.Not.EqualTo(Train(1, 2)));

        static int[] Train(int count, int epochs, bool augment = true)
        {
            var network = new Sequential([28, 28], 1, new Dense(20, Activation.Relu), new Dense(10));
            var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.05f), new Engine(count, SimdWidths.Best));
            trainer.Fit(SyntheticDigits.Create(300, 3), new FitOptions
            {
                Epochs = epochs,
                BatchSize = 100,
                Augmentation = augment ? new ImageAugmentation { MaxShift = 2, MaxRotation = 15, Elastic = (4, 8) } : null,
            });
            return TestValues.Bits(network.Parameters.Values);
        }
    }

    [Test]
    public void Training_allocates_no_more_for_more_epochs()
    {
        Dataset data = SyntheticDigits.Create(200, 3);
        var trainer = new Trainer(new Sequential([28, 28], 1, new Dense(10)), new SoftmaxCrossEntropy(), new Sgd(0.1f), new TrainerOptions { ThreadCount = 1 });
        var augmentation = new ImageAugmentation { MaxShift = 2, Elastic = (4, 8) };
        long one = Allocation.Least(() => trainer.Fit(data, new FitOptions { Epochs = 1, BatchSize = 200, Augmentation = augmentation }));
        long many = Allocation.Least(() => trainer.Fit(data, new FitOptions { Epochs = 1, BatchSize = 10, Augmentation = augmentation }));
        Assert.That(many, Is.EqualTo(one), "steps allocate nothing");
    }

    [Test]
    public void Invalid_arguments_are_refused()
    {
        Assert.That(() => new ImageAugmentation { MaxShift = -1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ImageAugmentation { MaxRotation = float.NaN }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ImageAugmentation { Scale = (0, 1) }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ImageAugmentation { Scale = (1.2f, 1.1f) }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ImageAugmentation { Elastic = (0, 1) }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        var trainer = new Trainer(new Sequential([784], 1, new Dense(10)), new SoftmaxCrossEntropy(), new Sgd());
        Dataset flat = Dataset.FromArrays(new float[784], [784], [0], 10);
        Assert.That(
            () => trainer.Fit(flat, new FitOptions { Augmentation = new ImageAugmentation() }),
            Throws.ArgumentException.With.Message.Contains("expected images [height, width]"));
    }

    private static float[] Apply(ImageAugmentation augmentation, float[] image, ulong seed)
    {
        float[] result = TestValues.Poison(image.Length);
        augmentation.Apply(image, Shape.Create([Height, Width]), result, new RandomSource(seed), TestValues.Poison(augmentation.ScratchLength([Height, Width])));
        return result;
    }

    /// <summary>The documented formula, literally and in double precision.</summary>
    private static double[] Reference(ImageAugmentation a, float[] image, RandomSource random)
    {
        double Draw(ulong index, double limit) => limit * (2 * random.Uniform(index) - 1);
        double shiftX = Draw(0, a.MaxShift), shiftY = Draw(1, a.MaxShift), angle = Draw(2, a.MaxRotation) * Math.PI / 180;
        double scale = a.Scale.Low + ((double)a.Scale.High - a.Scale.Low) * random.Uniform(3), shear = Draw(4, a.MaxShear);

        // A = rotation · shear · scale, and its inverse by Cramer's rule.
        DoubleMatrix rotation = Matrix(Math.Cos(angle), -Math.Sin(angle), Math.Sin(angle), Math.Cos(angle));
        DoubleMatrix whole = rotation.Times(Matrix(1, shear, 0, 1)).Times(Matrix(scale, 0, 0, scale));
        double determinant = whole[0, 0] * whole[1, 1] - whole[0, 1] * whole[1, 0];
        double[,] dx = Field(random.Fork(1), a.Elastic), dy = Field(random.Fork(2), a.Elastic);
        var result = new double[Height * Width];
        double centreX = (Width - 1) / 2.0, centreY = (Height - 1) / 2.0;
        for (int row = 0; row < Height; row++)
        {
            for (int column = 0; column < Width; column++)
            {
                double x = column + dx[row, column] - shiftX - centreX, y = row + dy[row, column] - shiftY - centreY;
                double sourceX = (whole[1, 1] * x - whole[0, 1] * y) / determinant + centreX;
                double sourceY = (-whole[1, 0] * x + whole[0, 0] * y) / determinant + centreY;
                for (int r = 0; r < Height; r++)
                {
                    for (int c = 0; c < Width; c++)
                        result[row * Width + column] += image[r * Width + c] * Math.Max(0, 1 - Math.Abs(sourceX - c)) * Math.Max(0, 1 - Math.Abs(sourceY - r));
                }
            }
        }

        return result;
    }

    private static DoubleMatrix Matrix(double a, double b, double c, double d) =>
        DoubleMatrix.Build(2, 2, (i, j) => (i, j) switch { (0, 0) => a, (0, 1) => b, (1, 0) => c, _ => d });

    private static double[,] Field(RandomSource random, (float Sigma, float Alpha) elastic)
    {
        var smooth = new double[Height, Width];
        int radius = (int)(4 * elastic.Sigma + 0.5);
        double total = Enumerable.Range(-radius, 2 * radius + 1).Sum(Weight);
        for (int row = 0; row < Height; row++)
        {
            for (int column = 0; column < Width; column++)
            {
                for (int r = Math.Max(0, row - radius); r <= Math.Min(Height - 1, row + radius); r++)
                {
                    for (int c = Math.Max(0, column - radius); c <= Math.Min(Width - 1, column + radius); c++)
                    {
                        // The library draws four 32-bit numbers a block, down the columns.
                        int number = c * Height + r;
                        (ulong low, ulong high) = random.Block((ulong)(number / 4));
                        int bits = (int)((number % 4 < 2 ? low : high) >> (32 * (number % 2)));
                        smooth[row, column] += elastic.Alpha * Weight(row - r) / total * Weight(column - c) / total * (bits / 2147483648.0);
                    }
                }
            }
        }

        return smooth;

        double Weight(int distance) => Math.Exp(-0.5 * distance * distance / ((double)elastic.Sigma * elastic.Sigma));
    }
}

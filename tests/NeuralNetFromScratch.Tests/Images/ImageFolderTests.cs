using NeuralNetFromScratch.Images;
using NeuralNetFromScratch.Tests.Data;
using SkiaSharp;

namespace NeuralNetFromScratch.Tests.Images;

public class ImageFolderTests
{
    [Test]
    public void A_folder_for_each_class_is_loaded_in_ordinal_order()
    {
        using TemporaryFolder folder = Shapes(3);
        ImageFolder images = ImageFolder.Load(folder.Root, 12, 16, 3);
        Assert.That(images.ClassNames, Is.EqualTo((string[])["Zigzag", "bar", "disc"]));
        Shape expectedShape = [12, 16, 3];
        Assert.That(images.Samples.SampleShape, Is.EqualTo(expectedShape));
        Assert.That(Enumerable.Range(0, 9).Select(images.Samples.GetLabel), Is.EqualTo((int[])[0, 0, 0, 1, 1, 1, 2, 2, 2]));
        Assert.That(images.Files.Select(Path.GetFileName).Take(3), Is.EqualTo((string[])["0.png", "1.jpg", "2.webp"]));
        float[] features = new float[12 * 16 * 3];
        images.Samples.CopyFeatures(0, features);
        byte[] expected = new ImagePreparation(12, 16).Apply(RgbaImage.Load(images.Files[0]));
        Assert.That(features, Is.EqualTo(expected.Select(pixel => pixel / 255f)).Within(1e-6));
    }

    [Test]
    public void Pictures_beyond_the_memory_limit_are_decoded_when_they_are_needed()
    {
        using TemporaryFolder folder = Shapes(3);
        ImageFolder kept = ImageFolder.Load(folder.Root, 12, 16, 1), part = ImageFolder.Load(folder.Root, 12, 16, 1, new ImageFolderOptions { MemoryLimit = 4 * 12 * 16 });
        float[] a = new float[12 * 16], b = new float[12 * 16];
        for (int i = 0; i < kept.Samples.Count; i++)
        {
            kept.Samples.CopyFeatures(i, a);
            part.Samples.CopyFeatures(i, b);
            Assert.That(b, Is.EqualTo(a), $"sample {i}");
        }

        Assert.That(part.Samples.GetFingerprint(), Is.EqualTo(kept.Samples.GetFingerprint()));
    }

    [Test]
    public void A_broken_picture_is_named_and_refused_or_left_out()
    {
        using TemporaryFolder folder = Shapes(3);
        string broken = Path.Combine(folder.Root, "bar", "1.jpg");
        byte[] whole = File.ReadAllBytes(broken);
        File.WriteAllBytes(broken, whole[..(whole.Length / 2)]);
        Assert.That(() => ImageFolder.Load(folder.Root, 12, 16), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(broken).And.Message.Contains("SkipsBroken"));
        ImageFolder images = ImageFolder.Load(folder.Root, 12, 16, 3, new ImageFolderOptions { SkipsBroken = true });
        Assert.That(images.Broken.Select(file => file.Path), Is.EqualTo((string[])[broken]));
        Assert.That(images.Samples.Count, Is.EqualTo(8));
        Assert.That(images.Files, Does.Not.Contain(broken));
    }

    [Test]
    public void A_folder_without_classes_or_pictures_is_refused()
    {
        using TemporaryFolder folder = Shapes(1);
        Assert.That(() => ImageFolder.Load(folder.File("none"), 4, 4), Throws.InstanceOf<DirectoryNotFoundException>());
        Assert.That(() => ImageFolder.Load(Path.Combine(folder.Root, "bar"), 4, 4), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("two classes"));
        Directory.CreateDirectory(folder.File("empty"));
        Assert.That(() => ImageFolder.Load(folder.Root, 4, 4), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("empty: the class has no readable images"));
        Assert.That(
            () => ImageFolder.Load(folder.Root, 4, 4, 3, new ImageFolderOptions { MaxPixels = 100 }), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("MaxPixels"));
    }

    [Test]
    public void A_loaded_classifier_does_with_a_file_what_the_training_did()
    {
        using TemporaryFolder folder = Shapes(20);
        var classifier = new ImageClassifier(new ImageClassifierOptions
        {
            Preparation = new ImagePreparation(24, 20) { ResizeMode = ImageResizeMode.Crop, Resampling = ImageResampling.Bilinear, Background = (9, 8, 7) }, Epochs = 8, BatchSize = 10,
        });
        Assert.That(() => classifier.Predict(folder.File("x.png")), Throws.InvalidOperationException);
        TrainingHistory history = classifier.Fit(folder.Root);
        Assert.That(history.Epochs, Has.Count.EqualTo(8));
        string model = folder.File("model.safetensors"), file = Path.Combine(folder.Root, "disc", "1.jpg");
        classifier.Save(model);
        ImageClassifier loaded = ImageClassifier.Load(model);
        Assert.That(loaded.Preparation, Is.EqualTo(classifier.Preparation));
        Assert.That(loaded.ClassNames, Is.EqualTo((string[])["Zigzag", "bar", "disc"]));
        Assert.That(loaded.Predict(file), Is.EqualTo(classifier.Predict(file)));
        int right = ImageFolder.Load(folder.Root, classifier.Preparation).Files.Count(path => loaded.Predict(path).Name == Path.GetFileName(Path.GetDirectoryName(path)));
        Assert.That(right, Is.GreaterThanOrEqualTo(54), "of 60 pictures that it was trained on");
        File.WriteAllText(file, "this is no picture");
        Assert.That(() => loaded.Predict(file), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(file));
    }

    [Test]
    public void A_file_that_holds_no_classifier_of_pictures_is_refused()
    {
        using var folder = new TemporaryFolder();
        string model = folder.File("model");
        new Sequential([4, 4, 3], 1, new Dense(2)) { OutputActivation = OutputActivation.Softmax }.Save(model);
        Assert.That(() => ImageClassifier.Load(model), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("a name for each class"));
        new Sequential([4, 4, 3], 1, new Dense(2)) { OutputActivation = OutputActivation.Softmax, ClassNames = ["a", "b"] }.Save(model);
        Assert.That(() => ImageClassifier.Load(model), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("no image preparation"));
        new Sequential([4], 1, new Dense(2)) { OutputActivation = OutputActivation.Softmax, ClassNames = ["a", "b"] }.Save(model);
        Assert.That(() => ImageClassifier.Load(model), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("the input [height, width, 1 or 3]"));
    }

    /// <summary>Three classes of light shapes on dark ground, in three formats.</summary>
    private static TemporaryFolder Shapes(int count)
    {
        var folder = new TemporaryFolder();
        var random = new RandomSource(6);
        (SKEncodedImageFormat Format, string Ending)[] formats = [(SKEncodedImageFormat.Png, "png"), (SKEncodedImageFormat.Jpeg, "jpg"), (SKEncodedImageFormat.Webp, "webp")];
        foreach ((string name, ulong kind) in ((string, ulong)[])[("disc", 0), ("bar", 1), ("Zigzag", 2)])
        {
            Directory.CreateDirectory(Path.Combine(folder.Root, name));
            for (ulong i = 0; i < (ulong)count; i++)
            {
                using var bitmap = new SKBitmap(48, 40);
                using var canvas = new SKCanvas(bitmap);
                using var paint = new SKPaint { Color = new SKColor((byte)(150 + random.Below(100 * kind + i, 100)), 200, 220), StrokeWidth = 5, Style = kind == 2 ? SKPaintStyle.Stroke : SKPaintStyle.Fill };
                canvas.Clear(new SKColor(20, 30, (byte)random.Below(1000 + 100 * kind + i, 60)));
                canvas.Translate(random.Below(2000 + 100 * kind + i, 9) - 4, random.Below(3000 + 100 * kind + i, 9) - 4);
                if (kind == 0)
                    canvas.DrawCircle(24, 20, 12, paint);
                else if (kind == 1)
                    canvas.DrawRect(20, 4, 8, 32, paint);
                else
                    canvas.DrawPoints(SKPointMode.Polygon, [new(8, 10), new(18, 30), new(28, 10), new(38, 30)], paint);
                (SKEncodedImageFormat format, string ending) = formats[i % 3];
                File.WriteAllBytes(Path.Combine(folder.Root, name, $"{i}.{ending}"), bitmap.Encoded(format));
            }
        }

        return folder;
    }
}

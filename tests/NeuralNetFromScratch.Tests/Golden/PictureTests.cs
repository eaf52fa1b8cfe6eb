using System.Text.Json;
using NeuralNetFromScratch.Tests.Layers;

namespace NeuralNetFromScratch.Tests.Golden;

/// <summary>Layers of pictures and a small network of them side by side with PyTorch; make_pictures.py made the file.</summary>
public class PictureTests
{
    private static readonly (string Name, Layer Layer)[] Layers =
    [
        ("conv", new Conv2D(5, 3)), ("conv rectangular", new Conv2D(4, new Size2D(2, 3)) { Stride = new(1, 2), Padding = new(1, 0, 1, 0) }),
        ("conv strided", new Conv2D(6, 3) { Stride = 2, Padding = 1 }), ("conv dilated", new Conv2D(3, 3) { Dilation = 2, Padding = 2, HasBias = false }),
        ("conv same", new Conv2D(4, new Size2D(3, 4)) { Padding = Padding2D.Same }), ("conv grouped", new Conv2D(6, 3) { Groups = 2, Padding = 1 }),
        ("conv depthwise", new Conv2D(5, 3) { Groups = 5, Padding = 1, Stride = 2 }), ("conv multiplied", new Conv2D(6, 3) { Groups = 3, Padding = 1 }),
        ("max", new MaxPool2D(2)), ("max overlapping", new MaxPool2D(3) { Stride = 2, Padding = 1 }), ("average", new AveragePool2D(2)),
        ("average padded", new AveragePool2D(3) { Stride = 2, Padding = 1 }), ("average uncounted", new AveragePool2D(3) { Stride = 2, Padding = 1, CountsPadding = false }),
        ("global average", new GlobalAveragePool2D()), ("global max", new GlobalMaxPool2D()), ("zeros", new ZeroPadding2D(new Padding2D(3, 1, 0, 2))),
        ("upsample", new Upsample2D(new Size2D(2, 3))), ("batch normalization", new BatchNormalization()),
    ];

    private JsonElement _golden;

    [OneTimeSetUp]
    public void Read() => _golden = GoldenFile.Read("pictures.json");

    [Test]
    public void Layers_are_PyTorchs([Range(0, 17)] int number)
    {
        (string name, Layer layer) = Layers[number];
        JsonElement golden = _golden.GetProperty("layers").GetProperty(name);
        int[] sizes = golden.GetProperty("shape").Integers();
        var run = new LayerRun(layer, [.. sizes], golden.GetProperty("batch").GetInt32(), new Engine(), seed: 1);
        golden.Floats("x").CopyTo(run.Input);
        foreach (string parameter in (string[])["weight", "bias"])
        {
            if (golden.TryGetProperty(parameter, out _))
                golden.Floats(parameter).CopyTo(run.Parameters[parameter].Values);
        }

        run.Forward();
        run.Backward(golden.Floats("dy"));
        Assert.That(run.Output, Is.EqualTo(golden.Floats("y")).Within(3e-6), name);
        Assert.That(run.InputGradient, Is.EqualTo(golden.Floats("dx")).Within(3e-6), name);
        if (golden.TryGetProperty("dweight", out _))
            Assert.That(run.Parameters[0].Gradients.ToArray(), Is.EqualTo(golden.Floats("dweight")).Within(1e-5), name);
        if (golden.TryGetProperty("dbias", out _))
            Assert.That(run.Parameters[1].Gradients.ToArray(), Is.EqualTo(golden.Floats("dbias")).Within(1e-5), name);
        if (layer is BatchNormalization)
        {
            run.MixStatistics();
            Assert.That(run.Parameters["mean"].Values.ToArray(), Is.EqualTo(golden.Floats("mean")).Within(1e-6), name);
            Assert.That(run.Parameters["variance"].Values.ToArray(), Is.EqualTo(golden.Floats("variance")).Within(1e-6), name);
        }
    }

    [Test]
    public void Twenty_steps_are_PyTorchs([Values(1, 2)] int threads)
    {
        JsonElement golden = _golden.GetProperty("training");
        var network = new Sequential(
            [12, 12], 1, new Conv2D(4, 3, Activation.Relu) { Padding = 1 }, new MaxPool2D(2),
            new Residual(new Conv2D(6, 3) { Stride = 2, Padding = 1, HasBias = false }, new BatchNormalization(epsilon: 1e-2f)) { Projection = [new Conv2D(6, 1) { Stride = 2 }] },
            new Conv2D(6, 3, Activation.Tanh) { Padding = 1, Groups = 6 }, new Dense(8, Activation.Tanh), new Dense(3));
        (string Ours, string Theirs)[] names =
        [
            ("conv2d1.weight", "0.weight"), ("conv2d1.bias", "0.bias"), ("residual1.conv2d1.weight", "3.block.0.weight"), ("residual1.batchnorm1.scale", "3.block.1.weight"),
            ("residual1.batchnorm1.shift", "3.block.1.bias"), ("residual1.projection.conv2d1.weight", "3.shortcut.weight"),
            ("residual1.projection.conv2d1.bias", "3.shortcut.bias"), ("conv2d2.weight", "4.weight"), ("conv2d2.bias", "4.bias"), ("dense1.weight", "7.weight"),
            ("dense1.bias", "7.bias"), ("dense2.weight", "9.weight"), ("dense2.bias", "9.bias"),
        ];
        foreach ((string ours, string theirs) in names)
            golden.GetProperty("start").Floats(theirs).CopyTo(network.Parameters[ours].Values);
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.05f, 0.9f), new Engine(threads));
        double[] losses = [.. golden.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble())];
        int step = 0;
        foreach (JsonElement batch in golden.GetProperty("batches").EnumerateArray())
        {
            float[] x = batch.Floats("x");
            double loss = trainer.TrainStep(new ReadOnlyMatrixView(x, 8, 144), batch.GetProperty("labels").Integers());
            Assert.That(loss, Is.EqualTo(losses[step]).Within(2e-5), $"step {++step}");
        }

        foreach ((string ours, string theirs) in names)
            Assert.That(network.Parameters[ours].Values.ToArray(), Is.EqualTo(golden.GetProperty("end").Floats(theirs)).Within(5e-5), ours);
    }
}

using System.Globalization;
using System.Numerics.Tensors;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Storage;

/// <summary>Networks of pictures in files of the library and of PyTorch, and folded.</summary>
public class PictureStorageTests
{
    private static readonly (string Name, Func<Layer[]> Layers)[] Networks =
    [
        ("plain", () => [new Conv2D(5, 3, Activation.Relu), new MaxPool2D(2), new Conv2D(6, 2, Activation.Relu), new Dense(7, Activation.Relu), new Dense(3)]),
        ("strided", () =>
        [
            new Conv2D(4, new Size2D(3, 5)) { Stride = 2, Padding = new(1, 2, 1, 2) }, new BatchNormalization(), new ActivationLayer(Activation.Relu),
            new AveragePool2D(3) { Stride = 2, Padding = 1 }, new Flatten(), new BatchNormalization(), new Dense(3),
        ]),
        ("depthwise", () =>
        [
            new Conv2D(8, 3) { Padding = 1, HasBias = false }, new BatchNormalization(), new ActivationLayer(Activation.Relu), new Conv2D(8, 3) { Padding = 1, Groups = 8 },
            new Conv2D(12, 1, Activation.Relu), new Conv2D(6, 3) { Groups = 3, Dilation = 2 }, new GlobalAveragePool2D(), new Dense(3),
        ]),
        ("residual", () =>
        [
            new Conv2D(4, 3, Activation.Relu) { Padding = 1 },
            new Residual(new Conv2D(6, 3, Activation.Relu) { Stride = 2, Padding = 1 }, new Conv2D(6, 3) { Padding = 1 }, new BatchNormalization()) { Projection = [new Conv2D(6, 1) { Stride = 2 }] },
            new ActivationLayer(Activation.Relu), new Flatten(), new Dense(3),
        ]),
    ];

    [Test]
    [Category("Process")]
    public void PyTorch_predicts_the_same_with_weights_written_here([Range(0, 3)] int number)
    {
        (string name, Sequential network) = Network(number, trained: true);
        using var folder = new TemporaryFolder();
        string path = folder.File("for_torch.safetensors");
        network.Save(path, TensorNaming.PyTorch);
        float[] theirs = Parse(Peer.Run("torch", "Storage/torch_pictures.py", "predict", name, path));
        Assert.That(Predict(network), Is.EqualTo(theirs).Within(1e-5), name);
    }

    [Test]
    [Category("Process")]
    public void Weights_written_by_PyTorch_predict_the_same_here([Range(0, 3)] int number)
    {
        (string name, Sequential network) = Network(number, trained: false);
        using var folder = new TemporaryFolder();
        string path = folder.File("from_torch.safetensors");
        float[] theirs = Parse(Peer.Run("torch", "Storage/torch_pictures.py", "write", name, path));
        network.LoadWeights(path, TensorNaming.PyTorch);
        Assert.That(Predict(network), Is.EqualTo(theirs).Within(1e-5), name);
    }

    [Test]
    public void Files_keep_networks_of_pictures([Range(0, 3)] int number)
    {
        (_, Sequential network) = Network(number, trained: true);
        using var folder = new TemporaryFolder();
        string path = folder.File("model.safetensors"), weights = folder.File("weights.safetensors");
        network.Save(path);
        Sequential loaded = Sequential.Load(path);
        Assert.That(loaded.Summary(), Is.EqualTo(network.Summary()));
        Assert.That(loaded.Layers, Is.EqualTo(network.Layers));
        Assert.That(TestValues.Bits(Predict(loaded)), Is.EqualTo(TestValues.Bits(Predict(network))));
        network.Save(weights, TensorNaming.PyTorch);
        (_, Sequential other) = Network(number, trained: false);
        other.LoadWeights(weights, TensorNaming.PyTorch);
        Assert.That(TestValues.Bits(Predict(other)), Is.EqualTo(TestValues.Bits(Predict(network))));
    }

    [Test]
    public void Folded_networks_predict_the_same([Range(1, 2)] int number)
    {
        (_, Sequential network) = Network(number, trained: true);
        Sequential folded = network.FuseBatchNormalization();
        Assert.That(folded.Layers[0], Is.EqualTo(number == 1
            ? new Conv2D(4, new Size2D(3, 5), Activation.Relu) { Stride = 2, Padding = new(1, 2, 1, 2) }
            : new Conv2D(8, 3, Activation.Relu) { Padding = 1 }));
        Assert.That(Predict(folded), Is.EqualTo(Predict(network)).Within(1e-5));
    }

    [Test]
    public void Settings_of_all_layers_come_back()
    {
        Layer[] layers =
        [
            new Conv2D(6, new Size2D(1, 3), Activation.Elu(0.5f)) { Stride = new(1, 2), Padding = Padding2D.Same, Dilation = 2, Groups = 2, HasBias = false }, new ZeroPadding2D(3),
            new MaxPool2D(3) { Stride = 1, Padding = 1 }, new AveragePool2D(2) { CountsPadding = false }, new Upsample2D(2), new SpatialDropout2D(0.5f), new GlobalMaxPool2D(),
        ];
        var network = new Sequential([8, 8, 4], 1, layers) { OutputActivation = OutputActivation.None };
        using var folder = new TemporaryFolder();
        network.Save(folder.File("model"));
        Assert.That(Sequential.Load(folder.File("model")).Layers, Is.EqualTo(layers));
    }

    private static (string Name, Sequential Network) Network(int number, bool trained)
    {
        (string name, Func<Layer[]> layers) = Networks[number];
        var network = new Sequential([10, 10, 2], 5, layers()) { OutputActivation = OutputActivation.None };
        var trainer = new Trainer(network, new MeanSquaredError(), new Adam(0.01f), new Engine(1));
        for (int step = 0; trained && step < 5; step++)
            trainer.TrainStep(new ReadOnlyMatrixView(TestValues.Uniform(16 * 200, (ulong)step), 16, 200), new ReadOnlyMatrixView(TestValues.Uniform(48, 7), 16, 3));
        return (name, network);
    }

    private static float[] Predict(Sequential network) => network.Predict(Tensor.Create<float>([.. Enumerable.Range(0, 800).Select(i => MathF.Sin(i * 0.37f))], [4, 10, 10, 2])).AsMatrix().Span.ToArray();

    private static float[] Parse(string lines) =>
        [.. lines.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(text => float.Parse(text, CultureInfo.InvariantCulture))];
}

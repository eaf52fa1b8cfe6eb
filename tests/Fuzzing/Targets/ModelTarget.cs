using System.Numerics.Tensors;

namespace NeuralNetFromScratch.Fuzzing.Targets;

/// <summary>Networks in safetensors files: as networks, and as weights for another one.</summary>
internal sealed class ModelTarget : SafetensorsFamily
{
    private readonly Sequential _other = new([4], 1, new Dense(3, Activation.Relu), new Dense(2));

    public ModelTarget() => Seeds =
    [
        Write(_other, TensorNaming.Native),
        Write(
            new Sequential([4], 1, new Dense(2))
            {
                Metadata = { ["author"] = "a", ["note"] = "" },
                ExtraTensors = { ["thresholds"] = Tensor.Create([0.25f, 0.75f], [2]), ["none"] = Tensor.Create<float>([], [3, 0]) },
            },
            TensorNaming.Native),
        Write(
            new Sequential(
                [2, 2], 1, new Standardization(4), new Flatten(), new Dense(3, Activation.LeakyRelu(0.1f)), new BatchNormalization(), new Dropout(0.5f), new GaussianNoise(0.1f),
                new Residual(new Dense(3, Activation.Gelu), new Residual(new ScaleShift())), new LayerNormalization(), new ActivationLayer(Activation.Elu(0.5f)), new Dense(2))
            {
                ClassNames = ["cat", "dog"],
                InputScaling = new InputScaling(1f / 255, 0.1f, 0.3f),
            },
            TensorNaming.PyTorch),
    ];

    public override string Name => "model";

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override long FixedBytes => 100_000;

    public override long BytesPerByte => 64;

    public override void Read(byte[] file)
    {
        using var reader = new SafetensorsReader(new MemoryStream(file));
        try
        {
            ModelFile.ReadWeights(reader, _other, new());
        }
        catch (InvalidDataException)
        {
            // Another network's weights; what matters is how the network itself comes in.
        }

        ModelFile.Read(reader, BuiltInParts.Registry);
    }

    private static byte[] Write(Sequential network, TensorNaming naming)
    {
        (IReadOnlyList<SafetensorEntry> tensors, Dictionary<string, string> metadata) = ModelFile.Describe(network, naming);
        return Write(tensors, metadata);
    }
}

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

    /// <summary>A rank of thousands, gigabytes that are promised, deviations that nothing can be divided by, names that are none.</summary>
    public override IReadOnlyList<byte[]> Crafted => field ??=
    [
        With("architecture", text => text.Replace("[4]", $"[{string.Join(',', Enumerable.Repeat('1', 20_000))}]", StringComparison.Ordinal)),
        With("architecture", text => text.Replace(":3", ":2147483647", StringComparison.Ordinal)),
        With("architecture", text => text.Replace(":3", ":30000", StringComparison.Ordinal)),
        With("architecture", _ => new string('[', 5000)),
        With("input_standard_deviation", _ => "0", scales: true),
        With("input_scale", _ => "NaN", scales: true),
        With("input_mean", _ => "1e999", scales: true),
        With("class_names", _ => "[null,\"a\"]"),
        With("class_names", _ => "[\"\\ud800\",\"b\"]"),
    ];

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

    private static byte[] With(string key, Func<string, string> change, bool scales = false)
    {
        var network = new Sequential([4], 1, new Dense(3, Activation.Relu), new Dense(2)) { InputScaling = scales ? new InputScaling(1, 0, 1) : null };
        (IReadOnlyList<SafetensorEntry> tensors, Dictionary<string, string> metadata) = ModelFile.Describe(network, TensorNaming.Native);
        metadata[key] = change(metadata.GetValueOrDefault(key, ""));
        return Write(tensors, metadata);
    }

    private static byte[] Write(Sequential network, TensorNaming naming)
    {
        (IReadOnlyList<SafetensorEntry> tensors, Dictionary<string, string> metadata) = ModelFile.Describe(network, naming);
        return Write(tensors, metadata);
    }
}

using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Onnx;

/// <summary>A node of a model with typed access to its attributes, and messages that name it.</summary>
internal sealed class Operation(NodeProto node)
{
    public string Type => node.OpType;

    public string Domain => node.Domain;

    public int InputCount => node.Input.Count;

    public IReadOnlyList<string> Outputs => node.Output;

    public string Input(int number) => number < node.Input.Count && node.Input[number].Length > 0
        ? node.Input[number]
        : throw Refuse($"lacks its input {number}");

    public bool HasInput(int number) => number < node.Input.Count && node.Input[number].Length > 0;

    public float Number(string name, float otherwise) => Find(name, AttributeProto.Types.AttributeType.Float)?.F ?? otherwise;

    public long Integer(string name, long otherwise) => Find(name, AttributeProto.Types.AttributeType.Int)?.I ?? otherwise;

    public string Text(string name, string otherwise) => Find(name, AttributeProto.Types.AttributeType.String)?.S.ToStringUtf8() ?? otherwise;

    public IReadOnlyList<float> Numbers(string name) => Find(name, AttributeProto.Types.AttributeType.Floats)?.Floats ?? (IReadOnlyList<float>)[];

    public IReadOnlyList<long> Integers(string name) => Find(name, AttributeProto.Types.AttributeType.Ints)?.Ints ?? (IReadOnlyList<long>)[];

    public IReadOnlyList<string> Texts(string name) =>
        [.. Find(name, AttributeProto.Types.AttributeType.Strings)?.Strings.Select(text => text.ToStringUtf8()) ?? []];

    public TensorProto? Tensor(string name) => Find(name, AttributeProto.Types.AttributeType.Tensor)?.T;

    public bool HasAttribute(string name) => node.Attribute.Any(attribute => attribute.Name == name);

    public InvalidDataException Refuse(string reason) =>
        new($"node \"{(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault())}\" ({node.OpType}): {reason}");

    /// <summary>An attribute, which must be of a type: one of another type would silently read as 0.</summary>
    private AttributeProto? Find(string name, AttributeProto.Types.AttributeType type)
    {
        AttributeProto? found = node.Attribute.FirstOrDefault(attribute => attribute.Name == name);
        return found is null || found.Type == type ? found : throw Refuse($"its {name} is of type {found.Type}, expected {type}");
    }
}

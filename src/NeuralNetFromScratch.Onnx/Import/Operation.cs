using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Onnx;

/// <summary>A node of a model with typed access to its attributes, and messages that name it.</summary>
internal sealed class Operation(NodeProto node)
{
    public string Type => node.OpType;

    public int InputCount => node.Input.Count;

    public string Input(int number) => number < node.Input.Count && node.Input[number].Length > 0
        ? node.Input[number]
        : throw Refuse($"lacks its input {number}");

    public bool HasInput(int number) => number < node.Input.Count && node.Input[number].Length > 0;

    public float Number(string name, float otherwise) => Find(name)?.F ?? otherwise;

    public long Integer(string name, long otherwise) => Find(name)?.I ?? otherwise;

    public string Text(string name, string otherwise) => Find(name)?.S.ToStringUtf8() ?? otherwise;

    public AttributeProto? Find(string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);

    public InvalidDataException Refuse(string reason) =>
        new($"node \"{(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault())}\" ({node.OpType}): {reason}");
}

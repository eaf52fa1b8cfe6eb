using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace NeuralNetFromScratch.Tests.Architecture;

/// <summary>
/// The core calls no function whose bits depend on the processor, the register width, the runtime or the platform's C library: what IEEE 754 does not
/// define to the last bit is computed by <c>PortableMath</c> and <c>SimdFunctions</c>.
/// </summary>
public partial class PortabilityTests
{
    /// <summary>What numbers may be asked: rounded once by IEEE 754, or exact, or text.</summary>
    private static readonly HashSet<string> ExactMembers =
    [
        .. "Abs BigMul BitDecrement BitIncrement Ceiling Clamp CopySign DivRem E Floor FusedMultiplyAdd IEEERemainder Max Min PI Round Sign Sqrt Tau Truncate".Split(' '),
        .. "CompareTo Epsilon Equals GetHashCode IsFinite IsInfinity IsInteger IsNaN IsNegative IsNegativeInfinity IsNormal IsPositiveInfinity IsSubnormal MaxValue MinValue NaN NegativeInfinity NegativeZero Parse PositiveInfinity ToString TryFormat TryParse".Split(' '),
    ];

    /// <summary>Operations of tensors that round each element once, or none, in any order.</summary>
    private static readonly HashSet<string> ExactTensorMembers = [.. "Add Divide IsFiniteAll Multiply MultiplyAdd Subtract".Split(' ')];

    /// <summary>What is used nevertheless, where, and why it does no harm.</summary>
    private static readonly (string Folder, string Member, string Reason)[] Allowed =
    [
        ("Compute/Simd/", "MultiplyAddEstimate", "fused where the processor has the instruction; where it does not, AddProduct rounds twice, as its documentation says, and MultiplyAdd is emulated"),
    ];

    [Test]
    public void Numbers_in_texts_do_not_depend_on_the_culture()
    {
        string[] found =
        [
            .. from tree in CoreSources.Trees
            let model = CoreSources.Meaning(tree)
            from text in tree.GetRoot().DescendantNodes().OfType<InterpolatedStringExpressionSyntax>()
            where model.GetTypeInfo(text).ConvertedType?.SpecialType == SpecialType.System_String
            from hole in text.Contents.OfType<InterpolationSyntax>()
            where IsFraction(model.GetTypeInfo(hole.Expression).Type)
            select $"{tree.FilePath}:{hole.GetLocation().GetLineSpan().StartLinePosition.Line + 1}: {hole}",
        ];
        Assert.That(found, Is.Empty, "use string.Create with the invariant culture, or FormattableString.Invariant");

        static bool IsFraction(ITypeSymbol? type) => type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } optional
            ? IsFraction(optional.TypeArguments[0])
            : type?.SpecialType is SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Decimal;
    }

    [Test]
    public void The_core_calls_no_function_whose_bits_depend_on_the_platform()
    {
        string[] found =
        [
            .. from tree in CoreSources.Trees
            let model = CoreSources.Meaning(tree)
            from name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>()
            let symbol = model.GetSymbolInfo(name).Symbol
            where symbol is IMethodSymbol or IPropertySymbol or IFieldSymbol && IsUnportable(symbol)
            where !Allowed.Any(entry => tree.FilePath.StartsWith(entry.Folder, StringComparison.Ordinal) && entry.Member == symbol.Name)
            select $"{tree.FilePath}:{name.GetLocation().GetLineSpan().StartLinePosition.Line + 1}: {symbol.ToDisplayString()}",
        ];
        Assert.That(found, Is.Empty, "use PortableMath, SimdFunctions, RowSum or a loop, whose bits are the same everywhere");
    }

    [TestCase("System.Math", "Exp", true)]
    [TestCase("System.Math", "Pow", true)]
    [TestCase("System.Math", "Cbrt", true)]
    [TestCase("System.Math", "SinCos", true)]
    [TestCase("System.MathF", "Log", true)]
    [TestCase("System.MathF", "ReciprocalSqrtEstimate", true)]
    [TestCase("System.Single", "MaxNative", true)]
    [TestCase("System.Double", "LogP1", true)]
    [TestCase("System.Math", "Sqrt", false)]
    [TestCase("System.Math", "FusedMultiplyAdd", false)]
    [TestCase("System.Math", "Round", false)]
    [TestCase("System.Runtime.Intrinsics.Vector128", "Exp", true)]
    [TestCase("System.Runtime.Intrinsics.Vector256", "Sum", true)]
    [TestCase("System.Runtime.Intrinsics.Vector512", "Dot", true)]
    [TestCase("System.Runtime.Intrinsics.Vector512", "LessThan", false)]
    [TestCase("System.Runtime.Intrinsics.X86.Sse", "ReciprocalSqrt", true)]
    [TestCase("System.Numerics.Tensors.TensorPrimitives", "Log", true)]
    [TestCase("System.Numerics.Tensors.TensorPrimitives", "Sum", true)]
    [TestCase("System.Numerics.Tensors.TensorPrimitives", "Add", false)]
    [TestCase("System.Linq.Enumerable", "Average", true)]
    public void The_rule_knows_which_functions_do(string type, string member, bool expected) =>
        Assert.That(CoreSources.Compilation.GetTypeByMetadataName(type)!.GetMembers(member).Any(IsUnportable), Is.EqualTo(expected));

    private static bool IsUnportable(ISymbol symbol) => symbol.ContainingType?.OriginalDefinition.ToDisplayString() switch
    {
        "System.Math" or "System.MathF" or "float" or "double" or "System.Half" => symbol is not IMethodSymbol { MethodKind: not MethodKind.Ordinary } && !ExactMembers.Contains(symbol.Name),
        "System.Numerics.Tensors.TensorPrimitives" => !ExactTensorMembers.Contains(symbol.Name),
        "System.Linq.Enumerable" => symbol is IMethodSymbol { Name: "Sum" or "Average", ReturnType.SpecialType: SpecialType.System_Single or SpecialType.System_Double },
        { } type when type.StartsWith("System.Runtime.Intrinsics.", StringComparison.Ordinal) || type.StartsWith("System.Numerics.Vector", StringComparison.Ordinal) => InexactVector().IsMatch(symbol.Name),
        _ => false,
    };

    [GeneratedRegex("^(Exp|Log|Log2|Sin|Cos|SinCos|Hypot|DegreesToRadians|RadiansToDegrees|Sum|Dot|DotProduct|Lerp)$|Native|Estimate|Reciprocal|^HorizontalAdd")]
    private static partial Regex InexactVector();
}

namespace NeuralNetFromScratch.Tool.Report;

/// <summary>An image of a report in a light and a dark version.</summary>
/// <param name="Description">The description.</param>
/// <param name="Light">The light version as PNG.</param>
/// <param name="Dark">The dark version as PNG.</param>
internal sealed record ReportPicture(string Description, byte[] Light, byte[] Dark);
